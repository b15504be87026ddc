import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createRawServer, type Server, type Socket } from 'node:net'

/** A request as an origin saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly fields: Readonly<Record<string, string | string[] | undefined>>
}

/** An origin in this process. */
export interface OriginServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Requests so far; emptied by tests. */
  readonly seen: Seen[]
  /** Sockets that are open now. */
  readonly sockets: ReadonlySet<Socket>
  /** Replaces how the next requests are answered. */
  answer: Answer
}

/** Answers one request. `count` is how many there were before it since `seen` was emptied. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** What an origin has. */
export interface Stored {
  readonly bytes: Uint8Array
  readonly fields?: Readonly<Record<string, string>>
}

export async function startOrigin(
  answer: Answer = (_, response) => void response.end(),
): Promise<OriginServer> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, path: url, fields: headers })
    origin.answer(request, response, seen.length - 1)
  })
  const listening = await listen(server)
  const origin: OriginServer = { ...listening, seen, answer }
  return origin
}

/** An origin that writes whatever the script does, to sockets whose request head has arrived. */
export async function startRawOrigin(
  script: (socket: Socket, head: string, count: number) => void,
): Promise<Pick<OriginServer, 'url' | 'sockets' | typeof Symbol.asyncDispose>> {
  let count = 0
  const server = createRawServer((socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
      if (!text.endsWith('\r\n\r\n')) return
      const head = text
      text = ''
      script(socket, head, count++)
    })
  })
  return listen(server)
}

async function listen(server: Server) {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    sockets,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await once(server, 'close')
    },
  }
}

/** What a right origin answers. */
export function serve(
  { bytes, fields = {} }: Stored,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const wrong = request.headers['if-match'] ?? fields['etag']
  if (wrong !== fields['etag']) return void response.writeHead(412).end()
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  if (request.method === 'HEAD' || first === undefined) {
    response.writeHead(200, { ...fields, 'content-length': bytes.byteLength })
    return void response.end(request.method === 'HEAD' ? undefined : bytes)
  }
  const part = bytes.subarray(Number(first), Number(last) + 1)
  response.writeHead(206, {
    ...fields,
    'content-length': part.byteLength,
    'content-range': `bytes ${first}-${Number(first) + part.byteLength - 1}/${bytes.byteLength}`,
  })
  response.end(part)
}
