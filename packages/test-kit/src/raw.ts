import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { headerValue, type RawOptions, type RawResponse, rawExchange } from '@rangekit/conformance'

/** One request, and its response as it came over the wire, on a connection of its own. */
export function exchange(
  port: number,
  requestLine: string,
  fields: readonly string[] = [],
  options: RawOptions = {},
): Promise<RawResponse> {
  return rawExchange(
    { host: '127.0.0.1', port },
    requestText(requestLine, [...fields, 'Connection: close']),
    {
      maxBytes: 256 * 1024 * 1024,
      timeoutMs: 20_000,
      ...options,
    },
  )
}

/** A request as text: method and target, fields; the version, the host and the empty line are added. */
export function requestText(requestLine: string, fields: readonly string[] = []): string {
  return [`${requestLine} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n')
}

/** The value of a response's field. */
export function field(response: RawResponse, name: string): string | undefined {
  return headerValue(response.headers, name)
}

/** A connection on which nothing has been said yet; that it breaks is no fault of the test. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket.on('error', () => {})
}

/** Sends a text on a connection of its own, and gives all that comes until that ends. */
export async function converse(port: number, text: string): Promise<Buffer> {
  const socket = await openSocket(port)
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece)).write(text)
  await once(socket, 'close')
  return Buffer.concat(pieces)
}
