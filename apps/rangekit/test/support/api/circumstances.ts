import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerValue } from '@rangekit/conformance'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import type { StartedServer } from '@rangekit/test-kit/start-server'
import type { Answered } from './check.ts'

/** The most event streams of a server. */
const MAX_STREAMS = 64

/** Does something while a server has all the event streams that it allows. */
export async function whileStreamsAreOpen<T>({ port }: StartedServer, use: () => Promise<T>): Promise<T> {
  const sockets = await Promise.all(
    Array.from({ length: MAX_STREAMS }, async () => {
      const socket = await openSocket(port)
      socket.write(requestText('GET /api/events'))
      await once(socket, 'data')
      return socket
    }),
  )
  try {
    return await use()
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

/** Does something while a server has a connection from each of these addresses, which are all that it allows. */
export async function whileConnectedFrom<T>(
  { port }: StartedServer,
  addresses: readonly string[],
  use: () => Promise<T>,
): Promise<T> {
  const sockets = await Promise.all(addresses.map((address) => admittedFrom(address, port)))
  try {
    return await use()
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

/** Connects until a server admits that: it may not have noticed yet that an earlier connection has ended. */
async function admittedFrom(localAddress: string, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.write(requestText('GET /readyz'))
  const [answer]: Buffer[] = await once(socket, 'data')
  if (answer?.toString().startsWith('HTTP/1.1 200 ')) return socket
  socket.destroy()
  return admittedFrom(localAddress, port)
}

/**
 * Stops a server, and returns what it answers to requests that wait behind a download on their connections.
 *
 * @param download the path of a file that is longer than what kernels buffer.
 */
export async function answersWhenStopping(
  server: StartedServer,
  download: string,
  lines: readonly string[],
): Promise<(Answered | undefined)[]> {
  const connections = await Promise.all(
    lines.map(async (line) => {
      const socket = await openSocket(server.port)
      socket.write([`GET ${download}`, line].map((each) => requestText(each)).join(''))
      const [start]: Buffer[] = await once(socket, 'data')
      return { socket: socket.pause(), pieces: [start ?? Buffer.of()] }
    }),
  )
  void server.stop('SIGTERM')
  while (await accepts(server.port)) await sleep(20)
  return Promise.all(
    connections.map(async ({ socket, pieces }) => {
      for await (const piece of socket) pieces.push(piece)
      const { rest } = readAnswer(Buffer.concat(pieces))
      return rest.length > 0 ? readAnswer(rest).answer : undefined
    }),
  )
}

/** Reads one response, whose body has the length that its field says. */
function readAnswer(bytes: Buffer): { readonly answer: Answered; readonly rest: Buffer } {
  const headLength = bytes.indexOf('\r\n\r\n') + 4
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headLength - 4).split('\r\n')
  const headers = lines.map((line) => {
    const at = line.indexOf(':')
    return { name: line.slice(0, at), value: line.slice(at + 1).trim() }
  })
  const end = headLength + Number(headerValue(headers, 'content-length'))
  const body = bytes.subarray(headLength, end)
  return { answer: { status: Number(statusLine.split(' ')[1]), headers, body }, rest: bytes.subarray(end) }
}

function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  return Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)])
    .catch(() => false)
    .finally(() => socket.destroy())
}
