import type { ByteRange } from '../../byte-range.ts'
import { ifRangeHolds, precondition, type RequestFields, type Validators } from './precondition.ts'
import { parseRanges } from './ranges.ts'

/** What is served. */
export interface Served extends Validators {
  readonly completeLength: number
  /** SHA-256 of the whole, in base64: sent where it is wanted (9530 §4). */
  sha256(): string
}

export interface CorrectRequest {
  readonly method: string
  readonly fields: RequestFields
}

/** Bytes as they are sent, or a range of what is served. */
export type Part = Uint8Array | ByteRange

/** A response; a fault, or a test, changes it. */
export interface PlannedAnswer {
  status: number
  fields: Record<string, string>
  body: readonly Part[]
}

const CONTENT_TYPE = 'video/mp4'
const BOUNDARY = 'sep'
const ALLOW = 'GET, HEAD, OPTIONS'

/** The length of a body, or of its parts. */
export function lengthOf(body: readonly Part[]): number {
  return body.reduce(
    (sum, part) => sum + (part instanceof Uint8Array ? part.length : part.lastPos - part.firstPos + 1),
    0,
  )
}

/**
 * The correct response to a request; `undefined` for `served`: there is nothing at its target. Short, slow, and written
 * from the RFC alone: the checker must not be tested with the code that it judges.
 */
export function correctAnswer({ method, fields }: CorrectRequest, served: Served | undefined): PlannedAnswer {
  if (method === 'OPTIONS') return { status: 204, fields: { Allow: ALLOW }, body: [] }
  if (method !== 'GET' && method !== 'HEAD') return answer(405, { Allow: ALLOW })
  if (served === undefined) return answer(404)

  const { completeLength, etag, lastModified } = served
  const validators = { ETag: etag, 'Cache-Control': 'no-cache' }
  const early = precondition(fields, served)
  if (early === 304) return { status: 304, fields: validators, body: [] }
  if (early === 412) return answer(412)
  const about: Record<string, string> = {
    ...validators,
    'Last-Modified': lastModified.toUTCString(),
    'Content-Type': CONTENT_TYPE,
    'Accept-Ranges': 'bytes',
  }
  if (/\bsha-256=[1-9]/.test(fields['want-repr-digest'] ?? '')) {
    about['Repr-Digest'] = `sha-256=:${served.sha256()}:`
  }
  const whole = () =>
    answer(200, about, completeLength > 0 ? [{ firstPos: 0, lastPos: completeLength - 1 }] : [])
  const ranges =
    method === 'GET' && ifRangeHolds(fields, served)
      ? parseRanges(fields['range'], completeLength)
      : undefined
  if (ranges === undefined) return whole()
  const [first] = ranges
  if (first === undefined) return answer(416, { 'Content-Range': `bytes */${completeLength}` })
  if (ranges.length === 1) {
    return answer(206, { ...about, 'Content-Range': contentRange(first, completeLength) }, [first])
  }
  if (lengthOf(ranges) > completeLength) return whole()
  const several = multipart(about, ranges, completeLength)
  return lengthOf(several.body) > completeLength + 4096 ? whole() : several
}

/** A 206 in parts (9110 §15.3.7.2); also of a single range, which clients must accept. */
export function multipart(
  fields: Readonly<Record<string, string>>,
  ranges: readonly ByteRange[],
  completeLength: number,
): PlannedAnswer {
  const text = (value: string) => new TextEncoder().encode(value)
  const type = `Content-Type: ${CONTENT_TYPE}`
  const body = [
    ...ranges.flatMap((range) => [
      text(`--${BOUNDARY}\r\n${type}\r\nContent-Range: ${contentRange(range, completeLength)}\r\n\r\n`),
      range,
      text('\r\n'),
    ]),
    text(`--${BOUNDARY}--\r\n`),
  ]
  return answer(206, { ...fields, 'Content-Type': `multipart/byteranges; boundary=${BOUNDARY}` }, body)
}

export function contentRange({ firstPos, lastPos }: ByteRange, completeLength: number): string {
  return `bytes ${firstPos}-${lastPos}/${completeLength}`
}

/** A response whose Content-Length is that of its body. */
export function answer(
  status: number,
  fields: Readonly<Record<string, string>> = {},
  body: readonly Part[] = [],
): PlannedAnswer {
  return { status, fields: { 'Content-Length': String(lengthOf(body)), ...fields }, body }
}
