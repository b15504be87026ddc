import { type ByteRange, byteLength, isOpenEnded, OPEN_END } from './byte-range.ts'
import { formatContentRange } from './content-range.ts'
import { layOutMultipart, partOverhead } from './multipart.ts'
import { parseRange, type RangeSpec } from './range.ts'
import { coalesceRanges, resolveRanges } from './resolve.ts'
import type { Segment } from './segment.ts'
import type { Fields } from './source.ts'

/** Options of {@link planRange}. */
export interface RangeOptions {
  /** The representation's media type, repeated in each part of a multipart body. Default: none. */
  readonly contentType?: string | undefined
  /**
   * The most ranges in one request, counted as asked for; a Range field with more is ignored (9110 §14.2).
   * Default: 100.
   */
  readonly maxRanges?: number | undefined
  /** How many bytes are there while `completeLength` is undefined. Default: 0. */
  readonly frontier?: number | undefined
  /** The boundary between parts: 1 to 70 characters of a token, not checked. Default: a random UUID. */
  readonly boundary?: string | undefined
}

/** What a Range field gets, before any byte is read. */
export interface RangePlan {
  /** The status code. */
  readonly status: 200 | 206 | 416
  /** The fields that the range decides. */
  readonly headers: Fields
  /** The bytes of the representation to send, in this order. */
  readonly ranges: readonly ByteRange[]
  /** The body: `ranges`, and around each the literal bytes of a multipart body if there are several. */
  readonly segments: readonly Segment[]
}

/**
 * How many bytes longer than the whole representation a multipart body may be. A longer one is not worth sending, and
 * a request for it may be an attack (9110 §17.15).
 */
const MULTIPART_ALLOWANCE = 4096

/** Fields of a response without a body. */
export const EMPTY_BODY = { 'Content-Length': '0' } as const

/**
 * Decides what a Range field gets of a representation (RFC 9110 §14.2): status, fields and the ranges to send. Never
 * throws for what a client sent.
 *
 * The whole representation, 200, is sent for a field that is absent, invalid, in another unit or excessive, and for any
 * field if the representation is empty.
 *
 * While the complete length is not known, `bytes=N-` gets all bytes from there on until the representation is complete
 * (RFC 8673), and any other range those of its bytes that are there. Content-Range then ends in `/*`, and an open-ended
 * response has no Content-Length.
 *
 * @param header the Range field, if there is one.
 * @param completeLength bytes in the whole representation; `undefined` if that is not known yet.
 * @throws RangeError if `completeLength`, or `options.frontier` in its place, is not an integer from 0 to 2^53 - 1.
 * @throws TypeError if several ranges are satisfiable and `options.contentType` is not a field value.
 * @example
 * const plan = planRange('bytes=0-499', 10000)
 * plan.status // 206
 * plan.headers['Content-Range'] // 'bytes 0-499/10000'
 * plan.ranges // [{ firstPos: 0, lastPos: 499 }]
 *
 * const live = planRange('bytes=500-', undefined, { frontier: 10000 })
 * live.headers['Content-Range'] // 'bytes 500-9007199254740991/*'
 */
export function planRange(
  header: string | null | undefined,
  completeLength: number | undefined,
  options: RangeOptions = {},
): RangePlan {
  // 9110 §14.1.2 and §15.5.17 speak of the current length: a last position past it becomes its end.
  const currentLength = completeLength ?? options.frontier ?? 0
  if (!Number.isSafeInteger(currentLength) || currentLength < 0) {
    throw new RangeError(`completeLength must be an integer from 0 to 2^53 - 1, not ${currentLength}`)
  }
  if (header == null || completeLength === 0) return planWhole(completeLength)
  const field = parseRange(header)
  // 9110 §14.2: another unit MUST be ignored. An invalid or excessive set MAY be; it is, so that a broken client still
  // gets its bytes.
  if (field.kind !== 'ranges' || field.specs.length > (options.maxRanges ?? 100))
    return planWhole(completeLength)

  const open = completeLength === undefined ? openEnded(field.specs, currentLength) : undefined
  if (open !== undefined) return planSingle(open, completeLength)
  const [first, ...others] = resolveRanges(field.specs, currentLength)
  if (first === undefined) {
    const headers = { 'Content-Range': formatContentRange(undefined, currentLength), ...EMPTY_BODY }
    return { status: 416, headers, ranges: [], segments: [] }
  }
  return others.length === 0
    ? planSingle(first, completeLength)
    : planSeveral([first, ...others], completeLength, currentLength, options)
}

/**
 * The range of a request for all bytes from a position on: of one without a last position, or with the very large one
 * that RFC 8673 proposes. It may begin with the next byte to come.
 */
function openEnded([spec, ...others]: readonly RangeSpec[], frontier: number): ByteRange | undefined {
  if (spec?.kind !== 'int' || others.length > 0) return undefined
  const { firstPos, lastPos = OPEN_END } = spec
  // No representation has a byte at 2^53 - 1, which greater positions were clamped to.
  const isThereNext = firstPos <= frontier && firstPos < OPEN_END
  return isThereNext && lastPos === OPEN_END ? { firstPos, lastPos } : undefined
}

function planWhole(completeLength: number | undefined): RangePlan {
  const lastPos = completeLength === undefined ? OPEN_END : completeLength - 1
  const ranges = completeLength === 0 ? [] : [{ firstPos: 0, lastPos }]
  const headers: Record<string, string> = { 'Accept-Ranges': 'bytes' }
  if (completeLength !== undefined) headers['Content-Length'] = String(completeLength)
  return { status: 200, headers, ranges, segments: ranges.map(toSegment) }
}

function planSingle(range: ByteRange, completeLength: number | undefined): RangePlan {
  const headers: Record<string, string> = { 'Accept-Ranges': 'bytes' }
  // Without it, the last chunk or the end of the connection ends the body (9112 §6.3).
  if (!isOpenEnded(range)) headers['Content-Length'] = String(byteLength(range))
  headers['Content-Range'] = formatContentRange(range, completeLength)
  return { status: 206, headers, ranges: [range], segments: [toSegment(range)] }
}

function planSeveral(
  asked: readonly ByteRange[],
  completeLength: number | undefined,
  currentLength: number,
  options: RangeOptions,
): RangePlan {
  const boundary = options.boundary ?? crypto.randomUUID()
  const { contentType } = options
  const ranges = coalesceRanges(asked, partOverhead(completeLength, boundary, contentType))
  const [first] = ranges
  // 9110 §15.3.7.2 would allow a multipart body of one part. Every client understands a single range.
  if (ranges.length === 1 && first !== undefined) return planSingle(first, completeLength)
  const body = layOutMultipart(ranges, completeLength, boundary, contentType)
  // Past 2^53 - 1 the length would be rounded, and Content-Length wrong.
  const limit = Math.min(currentLength + MULTIPART_ALLOWANCE, Number.MAX_SAFE_INTEGER)
  if (body.contentLength > limit) return planWhole(completeLength)
  const headers = {
    'Accept-Ranges': 'bytes',
    'Content-Length': String(body.contentLength),
    'Content-Type': body.contentType,
  }
  return { status: 206, headers, ranges, segments: body.segments }
}

function toSegment(range: ByteRange): Segment {
  return { kind: 'range', range }
}
