// What a 206 delivers: which bytes of the representation, taken from Content-Range and the parts.
import { headerValue, type ParsedResponse } from './raw-parse.ts'

/** Inclusive positions, as in 9110 §14.1.2. */
export interface ByteRange {
  readonly firstPos: number
  readonly lastPos: number
}

export interface DeliveredPart {
  readonly range: ByteRange
  /** undefined: the server wrote `*`. */
  readonly completeLength: number | undefined
  readonly contentType: string | undefined
  readonly bytes: Buffer
}

export type Delivered =
  | { readonly kind: 'single'; readonly parts: readonly DeliveredPart[] }
  | { readonly kind: 'multipart'; readonly parts: readonly DeliveredPart[] }
  | { readonly kind: 'broken'; readonly problem: string }

export function isMultipart(response: ParsedResponse): boolean {
  return /^multipart\/byteranges\b/i.test(headerValue(response.headers, 'content-type') ?? '')
}

/** Reads the content of a 206: one part (15.3.7.1) or several (15.3.7.2, 14.6). */
export function delivered(response: ParsedResponse): Delivered {
  if (isMultipart(response)) return multipart(response)
  const part = readPart(
    headerValue(response.headers, 'content-range'),
    headerValue(response.headers, 'content-type'),
    response.body,
  )
  return typeof part === 'string' ? { kind: 'broken', problem: part } : { kind: 'single', parts: [part] }
}

export function parseRange(text: string): ByteRange {
  const [first, last] = text.split('-')
  return { firstPos: Number(first), lastPos: Number(last) }
}

export function formatRange({ firstPos, lastPos }: ByteRange): string {
  return `${firstPos}-${lastPos}`
}

function readPart(
  contentRange: string | undefined,
  contentType: string | undefined,
  bytes: Buffer,
): DeliveredPart | string {
  if (contentRange === undefined) return 'there is no Content-Range'
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(contentRange) ?? []
  if (first === undefined || last === undefined) return `Content-Range is ${JSON.stringify(contentRange)}`
  const range = { firstPos: Number(first), lastPos: Number(last) }
  const completeLength = length === '*' ? undefined : Number(length)
  // 14.4: such a value is invalid.
  if (range.lastPos < range.firstPos || range.lastPos >= (completeLength ?? Number.POSITIVE_INFINITY)) {
    return `Content-Range is ${JSON.stringify(contentRange)}`
  }
  return { range, completeLength, contentType, bytes }
}

function multipart(response: ParsedResponse): Delivered {
  const contentType = headerValue(response.headers, 'content-type') ?? ''
  const [, quoted, token] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = quoted ?? token
  if (boundary === undefined) return { kind: 'broken', problem: 'Content-Type has no boundary' }
  const parts: DeliveredPart[] = []
  const { body } = response
  const delimiter = `--${boundary}`
  // Bytes before the first delimiter are a preamble; 14.6 lets servers put CRLFs there.
  const preamble = body.indexOf(`\r\n${delimiter}`)
  let at = body.toString('latin1', 0, delimiter.length) === delimiter ? 0 : preamble + 2
  if (at === 1) return { kind: 'broken', problem: 'the boundary is not in the body' }
  for (;;) {
    at += delimiter.length
    if (body.toString('latin1', at, at + 2) === '--') return { kind: 'multipart', parts }
    const headStart = body.indexOf('\r\n', at) + 2
    const headEnd = body.indexOf('\r\n\r\n', headStart - 2)
    const next = body.indexOf(`\r\n${delimiter}`, Math.max(headEnd + 4, at))
    if (headStart < 2 || headEnd === -1 || next === -1) {
      return { kind: 'broken', problem: 'the multipart body does not end with its closing delimiter' }
    }
    const fields = body.toString('latin1', headStart, headEnd).split('\r\n')
    const field = (name: string) =>
      fields
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim()
    const bytes = body.subarray(headEnd + 4, next)
    const part = readPart(field('content-range'), field('content-type'), bytes)
    if (typeof part === 'string') return { kind: 'broken', problem: `part ${parts.length + 1}: ${part}` }
    parts.push(part)
    at = next + 2
  }
}
