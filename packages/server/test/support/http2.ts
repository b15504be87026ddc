import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { StallWatch } from '../../src/node/connection/stall-watch.ts'
import { serveHttp2 } from '../../src/node/http2/serve-http2.ts'
import type { ServeOptions } from '../../src/options.ts'
import type { RequestListener } from '../../src/served.ts'

/** Serves an app over HTTP/2 without TLS. */
export async function startHttp2(
  fetch: ServeOptions['fetch'],
  {
    writeTimeout = 300_000,
    headTimeout = 10_000,
    onRequest,
  }: { writeTimeout?: number; headTimeout?: number; onRequest?: RequestListener } = {},
) {
  const options = {
    fetch,
    notFound: undefined,
    onRequest,
    fastPath: true,
    watch: new StallWatch(writeTimeout),
    headTimeout,
  }
  const http2 = serveHttp2(options)
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    http2.accept(socket.on('error', () => {}))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    server.close()
    http2.destroy()
  })
  return { http2, sockets, port }
}

/** Opens a connection. */
export async function openSession(port: number, options = {}): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`, options).on('error', () => {})
  onTestFinished(() => session.destroy())
  await once(session, 'remoteSettings')
  return session
}

/** A response over HTTP/2, to its end. */
export interface Http2Answer {
  /** `undefined` if none came. */
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The code of the reset; 0 if there was none. */
  readonly code: number
}

/**
 * Sends a request and reads the response to its end, or to its reset.
 *
 * @param onHead called when its head has come.
 */
export function ask(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  onHead = () => {},
): Promise<Http2Answer> {
  const stream = session.request(headers)
  const pieces: Buffer[] = []
  let received: IncomingHttpHeaders & IncomingHttpStatusHeader = {}
  stream.on('response', (fields) => {
    received = fields
    onHead()
  })
  stream.on('data', (piece: Buffer) => pieces.push(piece)).on('error', () => {})
  return new Promise((resolve) => {
    stream.once('close', () => {
      const status = received[':status']
      const code = stream.rstCode ?? constants.NGHTTP2_NO_ERROR
      resolve({ status, headers: received, body: Buffer.concat(pieces), code })
    })
  })
}
