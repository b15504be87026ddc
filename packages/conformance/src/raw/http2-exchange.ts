import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS, type RawOptions } from './exchange.ts'
import { headerValue, type RawHeader } from './parse-response.ts'
import type { Framing } from './read-body.ts'
import { NoAnswerError, type RawResponse } from './received.ts'
import { type RawTarget, tlsOptions } from './target.ts'

/** Fields that only HTTP/1.1 has (9113 §8.2.2); Host becomes `:authority`. */
const OF_HTTP1 = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding', 'upgrade'])

/**
 * Sends one request over HTTP/2, on the connection that is open to the target if there is one, and reads the response. The client of Node checks the frames;
 * a response that it rejects has `complete: false`.
 *
 * @param requestText the request as HTTP/1.1 spells it, without content.
 * @throws NoAnswerError when the server sends no response.
 */
export function http2Exchange(
  target: RawTarget,
  requestText: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES, isEnough }: RawOptions = {},
): Promise<RawResponse> {
  const { method, headers } = requestOf(requestText, target)
  const session = sessionTo(target)
  return new Promise<RawResponse>((resolve, reject) => {
    const fail = (reason: NoAnswerError['reason'], message: string) =>
      reject(new NoAnswerError(reason, message))
    const deadline = setTimeout(() => finish(false), timeoutMs)
    const onError = (error: NodeJS.ErrnoException) => {
      fail(error.code === 'ECONNREFUSED' ? 'refused' : 'closed', error.message)
    }
    session.once('error', onError)
    const stream = session.request(headers, { endStream: true }).on('error', () => {})
    const pieces: Buffer[] = []
    let size = 0
    let head: Pick<RawResponse, 'status' | 'headers' | 'head' | 'framing'> | undefined
    const responseOf = (complete: boolean, cut: boolean): RawResponse | undefined =>
      head && {
        ...head,
        version: 'HTTP/2',
        body: Buffer.concat(pieces),
        complete,
        extraBytes: Buffer.alloc(0),
        cut: cut && !complete,
        closed: false,
      }
    const finish = (ended: boolean, cut = false) => {
      clearTimeout(deadline)
      const response = responseOf(ended && stream.rstCode === constants.NGHTTP2_NO_ERROR && isWhole(), cut)
      if (response !== undefined) resolve(response)
      else if (ended) fail('closed', `the stream was reset with code ${stream.rstCode}`)
      else fail('timeout', `no response within ${timeoutMs} ms`)
      session.off('error', onError)
      stream.close(constants.NGHTTP2_CANCEL)
    }
    const isWhole = () =>
      head?.framing !== 'content-length' || Number(headerValue(head.headers, 'content-length')) === size
    stream.on('response', (_fields, _flags, raw) => {
      head = headOf(raw, method)
    })
    stream.on('data', (piece: Buffer) => {
      pieces.push(piece)
      size += piece.byteLength
      const isOver = size > maxBytes
      const partial = isOver || isEnough === undefined ? undefined : responseOf(false, false)
      if (isOver || (partial !== undefined && isEnough?.(partial))) finish(false, true)
    })
    stream.once('close', () => finish(true))
  })
}

const sessions = new WeakMap<RawTarget, ClientHttp2Session>()

function sessionTo(target: RawTarget): ClientHttp2Session {
  const known = sessions.get(target)
  if (known !== undefined && !known.closed && !known.destroyed) return known
  const session = open(target).on('error', () => {})
  sessions.set(target, session)
  return session
}

/** Closes the connection that was opened for a target, if any. */
export function closeSession(target: RawTarget): void {
  sessions.get(target)?.destroy()
}

function open(target: RawTarget): ClientHttp2Session {
  const { host, port, secure } = target
  const authority = `${secure ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  // A field that may come once may come twice here: what the server makes of it is to be judged.
  const options: object = { strictSingleValueFields: false }
  if (!secure) return connect(authority, options)
  const createConnection = () => connectTls({ ...tlsOptions(target), ALPNProtocols: ['h2'] })
  return connect(authority, { ...options, createConnection })
}

function requestOf(text: string, { secure }: RawTarget): { method: string; headers: OutgoingHttpHeaders } {
  const [line = '', ...lines] = text.trimEnd().split('\r\n')
  const [method = '', path = ''] = line.split(' ')
  const headers: Record<string, string | string[]> = {
    ':method': method,
    ':scheme': secure ? 'https' : 'http',
    ':path': path,
  }
  for (const field of lines) {
    const colon = field.indexOf(':')
    const name = field.slice(0, colon).toLowerCase()
    const value = field.slice(colon + 1).trim()
    if (name === 'host') headers[':authority'] = value
    if (OF_HTTP1.has(name)) continue
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return { method, headers }
}

function headOf(raw: readonly string[], method: string) {
  const headers: RawHeader[] = []
  let status = 0
  for (let index = 0; index < raw.length; index += 2) {
    const [name = '', value = ''] = raw.slice(index, index + 2)
    if (name === ':status') status = Number(value)
    else if (!name.startsWith(':')) headers.push({ name, value })
  }
  const head = [`HTTP/2 ${status}`, ...headers.map(({ name, value }) => `${name}: ${value}`)].join('\r\n')
  const hasBody = method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304
  const hasLength = headerValue(headers, 'content-length') !== undefined
  const framing: Framing = hasBody ? (hasLength ? 'content-length' : 'end-stream') : 'none'
  return { status, headers, head, framing }
}
