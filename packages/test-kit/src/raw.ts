import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { headerValue, type RawOptions, type RawResponse, rawExchange } from '@rangekit/conformance'

/** Milliseconds for one exchange or conversation. */
const TIMEOUT = 20_000

/** Whether connections use TLS. */
let secure = false

/** From now on, every connection that this module makes uses TLS. Trust the server's certificate first. */
export function speakTls(): void {
  secure = true
}

/** Sends one request on a new connection, and returns the response with its framing. */
export function exchange(
  port: number,
  requestLine: string,
  fields: readonly string[] = [],
  options: RawOptions = {},
): Promise<RawResponse> {
  return rawExchange(
    { host: secure ? 'localhost' : '127.0.0.1', port, secure },
    requestText(requestLine, [...fields, 'Connection: close']),
    { maxBytes: 256 * 1024 * 1024, timeoutMs: TIMEOUT, ...options },
  )
}

/**
 * The text of a request without content.
 *
 * @param requestLine method and target; the version is added.
 * @param fields lines such as `Range: bytes=0-1`; Host is added.
 */
export function requestText(requestLine: string, fields: readonly string[] = []): string {
  return [`${requestLine} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n')
}

/** The value of a response's field. */
export function field(response: RawResponse, name: string): string | undefined {
  return headerValue(response.headers, name)
}

/** Opens a connection. Later errors on it are ignored: a server may break it on purpose. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = secure ? connectTls({ port, host: 'localhost' }) : connect(port, '127.0.0.1')
  await once(socket, secure ? 'secureConnect' : 'connect')
  return socket.on('error', () => {})
}

/**
 * Sends any text on a new connection, and returns everything that comes until the server closes it.
 *
 * @param timeout milliseconds until it must be closed. Default: 20,000.
 * @throws Error if it is reset, or still open after that time.
 */
export async function converse(port: number, text: string, timeout = TIMEOUT): Promise<Buffer> {
  const socket = await openSocket(port)
  const late = () => socket.destroy(new Error(`Still open after ${timeout} ms`))
  const timer = setTimeout(late, timeout)
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece)).write(text)
  await once(socket, 'close').finally(() => clearTimeout(timer))
  return Buffer.concat(pieces)
}
