// A reader for one HTTP/1.1 response (9112). It is our own, because a checker must see what a client
// library hides: how the body is framed, where it ends, and what comes after it.
import { type Framing, quote, readBody } from './raw-body.ts'

/** One header field as it was sent; a repeated field is there twice. */
export interface RawHeader {
  readonly name: string
  readonly value: string
}

export interface ParsedResponse {
  readonly version: string
  readonly status: number
  readonly headers: readonly RawHeader[]
  /** Status line and header fields as sent, without the empty line. */
  readonly head: string
  readonly framing: Framing
  /** The body with chunked coding removed; what arrived of it when `complete` is false. */
  readonly body: Buffer
  /** Whether the body ended where its framing says. */
  readonly complete: boolean
}

export type ParseResult =
  | { readonly kind: 'more'; readonly partial: ParsedResponse | undefined }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'response'; readonly response: ParsedResponse; readonly next: number }

const maxHeadBytes = 65_536
const statusLine = /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/

/** The values of a field, in the order sent; names are case-insensitive (9110 §5.1). */
export function headerValues(headers: readonly RawHeader[], name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter((header) => header.name.toLowerCase() === wanted).map((header) => header.value)
}

/** The field's combined value (9110 §5.3), or undefined when it is absent. */
export function headerValue(headers: readonly RawHeader[], name: string): string | undefined {
  const values = headerValues(headers, name)
  return values.length === 0 ? undefined : values.join(', ')
}

/**
 * Reads one response from `bytes` at `start`; interim 1xx responses are skipped (9110 §15.2).
 * `method` is the request's: a response to HEAD has no body (9110 §9.3.2). `ended` says that the
 * server closed the connection, which ends a body that has no other framing.
 */
export function parseResponse(bytes: Buffer, start: number, method: string, ended: boolean): ParseResult {
  const headEnd = bytes.indexOf('\r\n\r\n', start)
  if (headEnd === -1) {
    const seen = bytes.toString('latin1', start, start + 7)
    if (!'HTTP/1.'.startsWith(seen))
      return { kind: 'malformed', problem: `not a status line: ${quote(seen)}` }
    if (bytes.length - start > maxHeadBytes) return { kind: 'malformed', problem: 'endless header section' }
    return { kind: 'more', partial: undefined }
  }
  const head = bytes.toString('latin1', start, headEnd)
  const [first = '', ...lines] = head.split('\r\n')
  const [, version, code] = statusLine.exec(first) ?? []
  if (version === undefined) return { kind: 'malformed', problem: `not a status line: ${quote(first)}` }
  const headers: RawHeader[] = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) return { kind: 'malformed', problem: `not a header field: ${quote(line)}` }
    headers.push({ name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '') })
  }
  const status = Number(code)
  if (status >= 100 && status < 200 && status !== 101) return parseResponse(bytes, headEnd + 4, method, ended)

  const length = contentLength(headers)
  if (Number.isNaN(length)) return { kind: 'malformed', problem: 'Content-Length is not one number' }
  const framing = framingOf(status, headers, method, length)
  const read = readBody(bytes, headEnd + 4, framing, length ?? 0, ended)
  if (typeof read === 'string') return { kind: 'malformed', problem: read }
  const { body, complete, next } = read
  const response: ParsedResponse = { version, status, headers, head, framing, body, complete }
  return complete ? { kind: 'response', response, next } : { kind: 'more', partial: response }
}

function contentLength(headers: readonly RawHeader[]): number | undefined {
  const values = new Set(headerValues(headers, 'content-length').flatMap((value) => value.split(/\s*,\s*/)))
  const [value] = values
  if (value === undefined) return undefined
  return values.size === 1 && /^\d+$/.test(value) ? Number(value) : Number.NaN
}

// The order of 9112 §6.3.
function framingOf(
  status: number,
  headers: readonly RawHeader[],
  method: string,
  length: number | undefined,
): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none'
  if (headerValue(headers, 'transfer-encoding')?.toLowerCase().endsWith('chunked')) return 'chunked'
  return length === undefined ? 'close' : 'content-length'
}
