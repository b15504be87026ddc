// Requests as bytes, responses with their framing: one connection per exchange.
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { NoAnswerError, type RawResponse, Received } from './received.ts'

export { NoAnswerError, type RawResponse } from './received.ts'

/** Where to connect. */
export interface RawTarget {
  readonly host: string
  readonly port: number
  /** Speak TLS first. Default false. */
  readonly secure?: boolean
}

export interface RawOptions {
  /** Milliseconds for the whole exchange. Default 5000. */
  readonly timeoutMs?: number
  /** Most bytes read; a longer answer is cut there and marked so. Default 9 MiB. */
  readonly maxBytes?: number
  /** Milliseconds to wait for surplus bytes when the server leaves the connection open. Default 60. */
  readonly lingerMs?: number
}

/**
 * Sends one request exactly as written and reads its response from a new connection.
 *
 * `requestText` is everything up to and including the empty line, in Latin-1, with CRLF. Ask for
 * `Connection: close` to see at once that nothing follows the body. A body that is shorter than its
 * framing says comes back with `complete: false`; a server that sends no response at all makes this
 * throw {@link NoAnswerError}.
 *
 * @example
 * const answer = await rawExchange(
 *   { host: '127.0.0.1', port: 8080 },
 *   'GET /film.mp4 HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1\r\nConnection: close\r\n\r\n',
 * )
 * console.log(answer.status, answer.framing, answer.body.length, answer.extraBytes.length)
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
 * Sends several requests at once on one connection (9112 §9.3.2) and reads their responses in order.
 * Fewer responses than requests come back when the server closes first; what could not be read as a
 * response is then in the last one's `extraBytes`. Throws {@link NoAnswerError} when there is none.
 */
export function rawExchanges(
  target: RawTarget,
  requestTexts: readonly string[],
  options: RawOptions = {},
): Promise<readonly RawResponse[]> {
  const { timeoutMs = 5000, maxBytes = 9 * 1024 * 1024, lingerMs = 60 } = options
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
      received.push(chunk)
      if (received.malformed !== undefined) finish(false)
      else if (received.size > maxBytes) finish(false, true)
      else if (received.done) lingering ??= setTimeout(() => finish(false), lingerMs)
    })
    // A reset after the response is a way to close; before it, it is the reason that there is none.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      fault ??= new NoAnswerError(error.code === 'ECONNREFUSED' ? 'refused' : 'closed', error.message)
    })
    socket.on('close', () => finish(true))
  })
}

function open({ host, port, secure = false }: RawTarget): Socket {
  return secure
    ? connectTls({ host, port, servername: host, ALPNProtocols: ['http/1.1'] })
    : connectTcp({ host, port })
}
