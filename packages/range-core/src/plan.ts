import { type ByteRange, byteLength } from './byte-range.ts'
import { evaluatePreconditions, type FieldReader, ifRangeHolds, isStrongDate } from './conditional.ts'
import { formatContentRange } from './content-range.ts'
import { formatEntityTag } from './entity-tag.ts'
import { formatHttpDate } from './http-date.ts'
import { layOutMultipart, partOverhead, type Segment } from './multipart.ts'
import { parseRange } from './range.ts'
import { reprDigestField } from './repr-digest.ts'
import { coalesceRanges, resolveRanges } from './resolve.ts'
import type { Fields, RepresentationInfo } from './source.ts'

export interface RangeOptions {
  /** The representation's media type; each part of a multipart body carries it. */
  readonly contentType?: string | undefined
  /** More ranges than this in one request, and Range is ignored. Default: 100. */
  readonly maxRanges?: number | undefined
  /** Between the parts of a multipart body; 1 to 70 characters. Default: random. */
  readonly boundary?: string | undefined
}

/** What a Range field leads to. `ranges` are the bytes to send, in order; `segments` the body they make. */
export interface RangePlan {
  readonly status: 200 | 206 | 416
  readonly headers: Fields
  readonly ranges: readonly ByteRange[]
  readonly segments: readonly Segment[]
}

export interface PlanOptions {
  /** As in {@link RangeOptions}. */
  readonly maxRanges?: number | undefined
  /** As in {@link RangeOptions}. */
  readonly boundary?: string | undefined
  /** Cache-Control of every 200, 206 and 304. Default: the representation's own, if it has one. */
  readonly cacheControl?: string | undefined
  /** Further fields of every 200 and 206, such as Content-Disposition. Default: none. */
  readonly fields?: Fields | undefined
  /** The time of the response, in milliseconds since the epoch. Default: the clock. */
  readonly now?: number | undefined
}

/** A response before any of its body is read. */
export interface ResponsePlan {
  readonly status: 200 | 204 | 206 | 304 | 405 | 412 | 416
  readonly headers: Fields
  readonly segments: readonly Segment[]
}

export interface PlanRequest {
  readonly method: string
  readonly headers: FieldReader
}

/** How many bytes a multipart body may have beyond the whole representation (§17.15 warns of floods). */
const MULTIPART_ALLOWANCE = 4096

const EMPTY_BODY = { 'Content-Length': '0' } as const
const ALLOW = 'GET, HEAD, OPTIONS'

/**
 * Decides what a Range field gets of a representation of `completeLength` bytes (RFC 9110 §14): status,
 * fields and the ranges to send. Never throws for what a client sent.
 *
 * An absent, malformed or excessive field, one in another unit, and any field on an empty representation
 * lead to the whole, 200.
 *
 * @param header the Range field, if there is one.
 * @param completeLength bytes in the whole representation.
 * @throws RangeError where `completeLength` is not an integer from 0 to 2^53 - 1.
 * @example
 * const plan = planRange('bytes=0-499', 10000)
 * plan.status // 206
 * plan.headers['Content-Range'] // 'bytes 0-499/10000'
 * plan.ranges // [{ firstPos: 0, lastPos: 499 }]
 */
export function planRange(
  header: string | null | undefined,
  completeLength: number,
  options: RangeOptions = {},
): RangePlan {
  if (!Number.isSafeInteger(completeLength) || completeLength < 0) {
    throw new RangeError(`completeLength must be an integer from 0 to 2^53 - 1, not ${completeLength}`)
  }
  if (header == null || completeLength === 0) return planWhole(completeLength)
  const field = parseRange(header)
  // §14.2: another unit MUST be ignored; an invalid or excessive set MAY be. We do, so that a broken client
  // still gets its bytes.
  if (field.kind !== 'ranges' || field.specs.length > (options.maxRanges ?? 100))
    return planWhole(completeLength)

  const [first, ...others] = resolveRanges(field.specs, completeLength)
  if (first === undefined) {
    const headers = { 'Content-Range': formatContentRange(undefined, completeLength), ...EMPTY_BODY }
    return { status: 416, headers, ranges: [], segments: [] }
  }
  return others.length === 0
    ? planSingle(first, completeLength)
    : planSeveral([first, ...others], completeLength, options)
}

function planWhole(completeLength: number): RangePlan {
  const ranges = completeLength === 0 ? [] : [{ firstPos: 0, lastPos: completeLength - 1 }]
  const headers = { 'Accept-Ranges': 'bytes', 'Content-Length': String(completeLength) }
  return { status: 200, headers, ranges, segments: ranges.map(toSegment) }
}

function planSingle(range: ByteRange, completeLength: number): RangePlan {
  const headers = {
    'Accept-Ranges': 'bytes',
    'Content-Length': String(byteLength(range)),
    'Content-Range': formatContentRange(range, completeLength),
  }
  return { status: 206, headers, ranges: [range], segments: [toSegment(range)] }
}

function planSeveral(asked: readonly ByteRange[], completeLength: number, options: RangeOptions): RangePlan {
  const boundary = options.boundary ?? crypto.randomUUID()
  const { contentType } = options
  const ranges = coalesceRanges(asked, partOverhead(completeLength, boundary, contentType))
  const [first] = ranges
  // §15.3.7.2: what became one range is sent as one.
  if (ranges.length === 1 && first !== undefined) return planSingle(first, completeLength)
  const body = layOutMultipart(ranges, completeLength, boundary, contentType)
  // Past 2^53 - 1 a length would be rounded, and Content-Length wrong.
  const limit = Math.min(completeLength + MULTIPART_ALLOWANCE, Number.MAX_SAFE_INTEGER)
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

/**
 * Decides what needs no representation: OPTIONS, and methods that are not served (RFC 9110 §9.3.7, §15.5.6).
 *
 * @returns `undefined` for GET and HEAD.
 */
export function planMethod(method: string): ResponsePlan | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return undefined
    case 'OPTIONS':
      return { status: 204, headers: { Allow: ALLOW }, segments: [] }
    default:
      return { status: 405, headers: { Allow: ALLOW, ...EMPTY_BODY }, segments: [] }
  }
}

/**
 * Decides the whole response to a request for a representation that was found: preconditions in the order
 * of RFC 9110 §13.2.2, then If-Range, then Range. Pure, and never throws for what a client sent.
 *
 * @example
 * const plan = planResponse(new Request('http://a/', { headers: { Range: 'bytes=-1' } }), { completeLength: 10 })
 * plan.headers['Content-Range'] // 'bytes 9-9/10'
 */
export function planResponse(
  request: PlanRequest,
  representation: RepresentationInfo,
  options: PlanOptions = {},
): ResponsePlan {
  const withoutRepresentation = planMethod(request.method)
  if (withoutRepresentation !== undefined) return withoutRepresentation
  const now = options.now ?? Date.now()
  const fields = request.headers
  const validators = validatorFields(representation, options, now)

  const verdict = evaluatePreconditions(fields, representation, now)
  if (verdict === 'failed') return { status: 412, headers: EMPTY_BODY, segments: [] }
  if (verdict === 'not-modified') {
    // §15.4.5: no Last-Modified beside an ETag; the client has what it described.
    const { 'Last-Modified': lastModified, ...rest } = validators
    const headers =
      'ETag' in rest || lastModified === undefined ? rest : { ...rest, 'Last-Modified': lastModified }
    return { status: 304, headers, segments: [] }
  }

  // §14.2: Range is defined for GET only, and MUST be ignored for another method.
  const usesRange = request.method === 'GET' && ifRangeHolds(fields, representation, now)
  const { contentType } = representation
  const plan = planRange(usesRange ? fields.get('range') : undefined, representation.completeLength, {
    ...options,
    contentType,
  })
  if (plan.status === 416) return plan
  const digest = reprDigestField(fields.get('want-repr-digest'), representation.digests)
  const headers: Record<string, string> = {
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...representation.fields,
    ...plan.headers,
    ...validators,
    ...(digest !== undefined && { 'Repr-Digest': digest }),
    ...options.fields,
  }
  return { status: plan.status, headers, segments: request.method === 'HEAD' ? [] : plan.segments }
}

/** What a 200, a 206 and a 304 say alike of the version they are about. */
function validatorFields(representation: RepresentationInfo, options: PlanOptions, now: number): Fields {
  const { etag, lastModified } = representation
  const { cacheControl = representation.cacheControl } = options
  return {
    ...(cacheControl !== undefined && { 'Cache-Control': cacheControl }),
    ...(etag !== undefined && { ETag: formatEntityTag(etag) }),
    // A date that is not strong yet is not given out, so that nobody can ask by it later and be told
    // "not modified" of a change within the same second (§8.8.2.2).
    ...(isStrongDate(lastModified, now) && { 'Last-Modified': formatHttpDate(lastModified.getTime()) }),
  }
}
