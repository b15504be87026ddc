import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { type LiveAnswer, liveAnswer } from './live-answer.ts'
import {
  type ReferenceAnswer,
  type ReferenceFile,
  type ReferenceRequest,
  referenceAnswer,
} from './reference-answer.ts'

/** 100,000 bytes that differ by position. */
export const sampleFile: ReferenceFile = {
  bytes: Buffer.from(Uint8Array.from({ length: 100_000 }, (_, index) => index * 7 + (index >> 8) * 13)),
  etag: '"Sample-1a"',
  lastModified: new Date('2020-02-29T12:34:56Z'),
}

/** Changes the response in place, or sends one itself and returns `'sent'`. */
export type Defect = (
  answer: ReferenceAnswer,
  request: ReferenceRequest,
  response: ServerResponse,
) => 'sent' | undefined

export interface TestServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves `file` at `/film.mp4`: correctly, or with one defect. */
export function startReference(
  defect: Defect = () => undefined,
  file: ReferenceFile = sampleFile,
): Promise<TestServer> {
  const server = createHttpServer((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://localhost')
    const headers = incoming.headers as ReferenceRequest['headers']
    const request = { method: incoming.method ?? 'GET', found: pathname === '/film.mp4', headers }
    const answer = referenceAnswer(request, file)
    if (defect(answer, request, response) === 'sent') return
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  return listen(server)
}

/** Changes a response of what is still growing. */
export type LiveDefect = (answer: LiveAnswer, request: ReferenceRequest, response?: ServerResponse) => void

/** Serves the first bytes of something that never ends at `/film.mp4`: correctly, or with one defect. */
export function startLive(defect: LiveDefect = () => undefined): Promise<TestServer> {
  const server = createHttpServer((incoming, response) => {
    const { pathname } = new URL(incoming.url ?? '/', 'http://localhost')
    const headers = incoming.headers as ReferenceRequest['headers']
    const request = { method: incoming.method ?? 'GET', found: pathname === '/film.mp4', headers }
    const answer = liveAnswer(request, sampleFile)
    defect(answer, request, response)
    if (response.destroyed) return
    response.writeHead(answer.status, answer.headers)
    if (answer.isEndless && request.method === 'GET') response.write(answer.body)
    else response.end(answer.body)
  })
  return listen(server)
}

/** A server that reads and writes the bytes of its connections itself. */
export function startRaw(onConnection: (socket: Socket) => void): Promise<TestServer> {
  return listen(createTcpServer(onConnection))
}

async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/film.mp4`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
