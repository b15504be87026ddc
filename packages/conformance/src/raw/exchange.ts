import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ParsedResponse } from './parse-response.ts'
import { NoAnswerError, type RawResponse, Received } from './received.ts'
import { type RawTarget, tlsOptions } from './target.ts'

/** Options of {@link rawExchange} and {@link rawExchanges}. */
export interface RawOptions {
  /** Milliseconds for the whole exchange. Default: 5000. */
  readonly timeoutMs?: number
  /** Most bytes read; a longer response is cut there, with `cut: true`. Default: 9 MiB. */
  readonly maxBytes?: number
  /**
   * Whether what has arrived of a response is enough: the connection is closed then, with `cut: true`. For bodies that
   * end when what they send has been written, which may take hours. Default: none is before its end.
   */
  readonly isEnough?: (response: ParsedResponse) => boolean
  /** Milliseconds to wait for bytes after the last response when the server keeps the connection open. Default: 60. */
  readonly lingerMs?: number
}

export const DEFAULT_TIMEOUT_MS = 5000
export const DEFAULT_LINGER_MS = 60
export const DEFAULT_MAX_BYTES = 9 * 1024 * 1024

/**
 * Sends one request exactly as written, on a connection of its own, and reads the response.
 *
 * Ask for `Connection: close` to learn without delay that nothing follows the body. A body that is shorter than its
 * framing says has `complete: false`.
 *
 * @param requestText everything up to and including the empty line, in Latin-1, with CRLF.
 * @throws NoAnswerError when the server sends no response.
 * @example
 * const response = await rawExchange(
 *   { host: '127.0.0.1', port: 8080 },
 *   'GET /film.mp4 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nConnection: close\r\n\r\n',
 * )
 * console.log(response.status, response.framing, response.body.length, response.extraBytes.length)
 */
export async function rawExchange(
  target: RawTarget,
  requestText: string,
  options: RawOptions = {},
): Promise<RawResponse> {
  const [response] = await rawExchanges(target, [requestText], options)
  if (response === undefined) throw new NoAnswerError('closed', 'no response')
  return response
}

/**
 * Pipelines requests on one connection (9112 §9.3.2) and reads their responses in order.
 *
 * @returns one response for each request; fewer when the server closes the connection first. Bytes that are not a
 * response are in `extraBytes` of the last one.
 * @throws NoAnswerError when the server sends no response.
 */
export function rawExchanges(
  target: RawTarget,
  requestTexts: readonly string[],
  options: RawOptions = {},
): Promise<readonly RawResponse[]> {
  const {
    timeoutMs = DEFAULT_TIMEOUT_MS,
    maxBytes = DEFAULT_MAX_BYTES,
    isEnough,
    lingerMs = DEFAULT_LINGER_MS,
  } = options
  return new Promise((resolve, reject) => {
    const received = new Received(requestTexts.map((text) => text.slice(0, text.indexOf(' '))))
    const socket = open(target)
    let fault: NoAnswerError | undefined
    let lingering: NodeJS.Timeout | undefined
    const finish = (closed: boolean, cut = false) => {
      clearTimeout(deadline)
      clearTimeout(lingering)
      socket.destroy()
      const responses = received.finish(closed, cut)
      if (responses.length > 0) resolve(responses)
      else reject(received.malformed ?? fault ?? new NoAnswerError('closed', 'closed without a response'))
    }
    const deadline = setTimeout(() => {
      fault ??= new NoAnswerError('timeout', `no response within ${timeoutMs} ms`)
      finish(false)
    }, timeoutMs)
    socket.on(target.secure ? 'secureConnect' : 'connect', () =>
      socket.write(requestTexts.join(''), 'latin1'),
    )
    socket.on('data', (chunk: Buffer) => {
      const partial = received.push(chunk)
      if (received.malformed !== undefined) finish(false)
      else if (received.size > maxBytes) finish(false, true)
      else if (partial !== undefined && isEnough?.(partial)) finish(false, true)
      else if (received.done) lingering ??= setTimeout(() => finish(false), lingerMs)
    })
    // A reset after the response is a way to close; before it, the reason why there is none.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      fault ??= new NoAnswerError(error.code === 'ECONNREFUSED' ? 'refused' : 'closed', error.message)
    })
    socket.on('close', () => finish(true))
  })
}

function open(target: RawTarget): Socket {
  const { host, port, secure = false } = target
  return secure
    ? connectTls({ ...tlsOptions(target), ALPNProtocols: ['http/1.1'] })
    : connectTcp({ host, port })
}
