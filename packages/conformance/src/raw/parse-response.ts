/**
 * A reader for one HTTP/1.1 response (9112). The checker cannot use a client library, which hides what is to be judged:
 * how the body is framed, where it ends, and what follows it.
 */

import { type Framing, quote, readBody } from './read-body.ts'

/** One header field as it was sent; a repeated field appears as often as it was sent. */
export interface RawHeader {
  /** As it was spelled. */
  readonly name: string
  /** Without white space around it. */
  readonly value: string
}

export interface ParsedResponse {
  /** For example `HTTP/1.1`. */
  readonly version: string
  /** The status code. */
  readonly status: number
  /** In the order sent. */
  readonly headers: readonly RawHeader[]
  /** Status line and header fields as sent, without the empty line. */
  readonly head: string
  /** How the end of the body is determined. */
  readonly framing: Framing
  /** The body without chunked coding; what arrived of it when `complete` is false. */
  readonly body: Buffer
  /** Whether the body ended where its framing says. */
  readonly complete: boolean
}

export type ParseResult =
  /** The response is incomplete; `partial` is present once its head has arrived. */
  | { readonly kind: 'more'; readonly partial: ParsedResponse | undefined }
  | { readonly kind: 'malformed'; readonly problem: string }
  /** `next` is the index of the first byte after the response. */
  | { readonly kind: 'response'; readonly response: ParsedResponse; readonly next: number }

/** In bytes. */
const MAX_HEAD = 65_536
const STATUS_LINE = /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/

/** The values of a field in the order sent; names are compared without case (9110 §5.1). */
export function headerValues(headers: readonly RawHeader[], name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter((header) => header.name.toLowerCase() === wanted).map((header) => header.value)
}

/**
 * The combined value of a field (9110 §5.3).
 *
 * @returns `undefined` when the field is absent.
 * @example
 * headerValue([{ name: 'Vary', value: 'Origin' }, { name: 'vary', value: 'Accept' }], 'Vary') // 'Origin, Accept'
 */
export function headerValue(headers: readonly RawHeader[], name: string): string | undefined {
  const values = headerValues(headers, name)
  return values.length === 0 ? undefined : values.join(', ')
}

/**
 * Reads the response that begins at `start`; interim responses (1xx) are skipped (9110 §15.2).
 *
 * @param method the request's method: a response to HEAD has no body (9110 §9.3.2).
 * @param ended whether the server has closed the connection, which ends a body without other framing.
 */
export function parseResponse(bytes: Buffer, start: number, method: string, ended: boolean): ParseResult {
  const headEnd = bytes.indexOf('\r\n\r\n', start)
  if (headEnd === -1) {
    const begin = bytes.toString('latin1', start, start + 7)
    if (!'HTTP/1.'.startsWith(begin)) return malformed(`not a status line: ${quote(begin)}`)
    if (bytes.length - start > MAX_HEAD) return malformed(`no end of the header section in ${MAX_HEAD} bytes`)
    return { kind: 'more', partial: undefined }
  }
  const head = bytes.toString('latin1', start, headEnd)
  const [first = '', ...lines] = head.split('\r\n')
  const [, version, code] = STATUS_LINE.exec(first) ?? []
  if (version === undefined) return malformed(`not a status line: ${quote(first)}`)
  const headers: RawHeader[] = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) return malformed(`not a header field: ${quote(line)}`)
    headers.push({ name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '') })
  }
  const status = Number(code)
  if (status >= 100 && status < 200 && status !== 101) return parseResponse(bytes, headEnd + 4, method, ended)

  const length = contentLength(headers)
  if (Number.isNaN(length)) return malformed('Content-Length is not one number')
  const framing = framingOf(status, headers, method, length)
  const read = readBody(bytes, headEnd + 4, framing, length ?? 0, ended)
  switch (read.kind) {
    case 'malformed':
      return read
    case 'body': {
      const { body, complete, next } = read
      const response: ParsedResponse = { version, status, headers, head, framing, body, complete }
      return complete ? { kind: 'response', response, next } : { kind: 'more', partial: response }
    }
  }
}

function malformed(problem: string): ParseResult {
  return { kind: 'malformed', problem }
}

/** NaN when the field is not one number; equal numbers in a list are one (9112 §6.3). */
function contentLength(headers: readonly RawHeader[]): number | undefined {
  const values = new Set(headerValues(headers, 'content-length').flatMap((value) => value.split(/\s*,\s*/)))
  const [value] = values
  if (value === undefined) return undefined
  return values.size === 1 && /^\d+$/.test(value) ? Number(value) : Number.NaN
}

/** In the order of 9112 §6.3. */
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
