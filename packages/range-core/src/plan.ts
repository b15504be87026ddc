import { addFields, NOT_MODIFIED } from './added-fields.ts'
import { evaluatePreconditions, type FieldReader, ifRangeHolds } from './conditional.ts'
import { formatEntityTag } from './entity-tag.ts'
import { formatHttpDate } from './http-date.ts'
import { EMPTY_BODY, planRange, type RangeOptions } from './plan-range.ts'
import { reprDigestField } from './repr-digest.ts'
import type { Segment } from './segment.ts'
import type { Fields, RepresentationInfo } from './source.ts'
import { isStrongDate } from './validators.ts'

/** Options of {@link planResponse}. */
export interface PlanOptions extends Omit<RangeOptions, 'contentType' | 'frontier'> {
  /**
   * Cache-Control of every 200, 206 and 304. A representation whose own says `no-store` keeps it.
   * Default: the representation's own, if it has one.
   */
  readonly cacheControl?: string | undefined
  /** Whether the Cache-Control of every 200, 206 and 304 says `no-transform` (9111 §5.2.2.6). Default: false. */
  readonly noTransform?: boolean | undefined
  /**
   * Further fields of every 200 and 206, such as Content-Disposition. Names are compared without case; they replace the
   * source's, and those that the plan decides itself, such as Content-Length or ETag, are ignored. Vary is joined to the
   * source's. A 304 has those that 9110 §15.4.5 demands: Cache-Control, Content-Location, Date, Expires and Vary.
   * Default: none.
   */
  readonly fields?: Fields | undefined
  /** Fields of every response, whatever its status, such as X-Content-Type-Options. Default: none. */
  readonly everyField?: Fields | undefined
  /** The time of the response, in milliseconds since the epoch. Default: the clock. */
  readonly now?: number | undefined
}

/** A response before any of its body is read. It is final: nothing is added or removed when it is carried out. */
export interface ResponsePlan {
  /** The status code. */
  readonly status: 200 | 204 | 206 | 304 | 405 | 412 | 416
  /** All fields of the response. */
  readonly headers: Fields
  /** The body, in this order; empty if there is none. */
  readonly segments: readonly Segment[]
}

/** What a plan needs of a request; a `Request` has it. */
export interface PlanRequest {
  /** The method; it is compared with case. */
  readonly method: string
  /** The fields. */
  readonly headers: FieldReader
}

const ALLOW = 'GET, HEAD, OPTIONS'

/**
 * Plans the response to a method that needs no representation: OPTIONS, and methods that are not supported
 * (9110 §9.3.7, §15.5.6).
 *
 * @param everyField fields of the response besides its own. Default: none.
 * @returns `undefined` for GET and HEAD.
 * @example
 * planMethod('POST')?.status // 405
 */
export function planMethod(method: string, everyField: Fields = {}): ResponsePlan | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return undefined
    case 'OPTIONS':
      return { status: 204, headers: { Allow: ALLOW, ...everyField }, segments: [] }
    default:
      return { status: 405, headers: { Allow: ALLOW, ...EMPTY_BODY, ...everyField }, segments: [] }
  }
}

/**
 * Plans the whole response to a request for a representation that was found: the method, preconditions in the order
 * of 9110 §13.2.2, then If-Range, then Range. Pure, and never throws for what a client sent.
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
  return (
    planMethod(request.method, options.everyField) ?? planRepresentation(request, representation, options)
  )
}

/**
 * Plans the response like {@link planResponse}, to a request whose method is known to be GET or HEAD because `planMethod`
 * gave `undefined`.
 *
 * @example
 * planRepresentation(new Request('http://a/'), { completeLength: 10 }).status // 200
 */
export function planRepresentation(
  request: PlanRequest,
  representation: RepresentationInfo,
  options: PlanOptions = {},
): ResponsePlan {
  const { now = Date.now(), everyField } = options
  const fields = request.headers

  const verdict = evaluatePreconditions(fields, representation, now)
  if (verdict === 'failed') return { status: 412, headers: { ...EMPTY_BODY, ...everyField }, segments: [] }
  if (verdict === 'not-modified') {
    // 9110 §15.4.5: no Last-Modified if there is an ETag; the client has what it described.
    const hasTag = representation.etag !== undefined
    const headers = validatorFields(representation, options, hasTag ? undefined : now)
    addFields(headers, representation.fields, false, NOT_MODIFIED)
    addFields(headers, options.fields, true, NOT_MODIFIED)
    return { status: 304, headers: { ...headers, ...everyField }, segments: [] }
  }

  // 9110 §14.2: Range is defined for GET only, and MUST be ignored for another method.
  const field = request.method === 'GET' ? fields.get('range') : undefined
  const range = field != null && ifRangeHolds(fields, representation, now) ? field : undefined
  const { completeLength, frontier, contentType, digests } = representation
  const {
    status,
    headers: rangeFields,
    segments,
  } = planRange(range, completeLength, { ...options, contentType, frontier })
  if (status === 416) return { status, headers: { ...rangeFields, ...everyField }, segments }

  const headers: Record<string, string> = {}
  if (contentType !== undefined) headers['Content-Type'] = contentType
  Object.assign(headers, rangeFields, validatorFields(representation, options, now), everyField)
  const digest = digests && reprDigestField(fields.get('want-repr-digest'), digests)
  if (digest !== undefined) headers['Repr-Digest'] = digest
  addFields(headers, representation.fields)
  if (options.fields !== undefined) {
    addFields(headers, options.fields, true)
    // The Content-Type of a multipart body is decided too, but that of a single range is not.
    Object.assign(headers, rangeFields, everyField)
  }
  return { status, headers, segments: request.method === 'HEAD' ? [] : segments }
}

// Directives of Cache-Control (9111 §5.2), which is a list of them.
const NO_STORE = /(?:^|,)[ \t]*no-store[ \t]*(?:,|$)/i
const NO_TRANSFORM = /(?:^|,)[ \t]*no-transform[ \t]*(?:,|$)/i

/**
 * Fields common to 200, 206 and 304.
 *
 * @param now milliseconds since the epoch; `undefined` leaves out Last-Modified.
 */
function validatorFields(
  representation: RepresentationInfo,
  options: PlanOptions,
  now: number | undefined,
): Record<string, string> {
  const { etag, lastModified, cacheControl: own } = representation
  // A source says `no-store` when it cannot tell this version from the next one: no option may let a cache keep it.
  let cacheControl = own !== undefined && NO_STORE.test(own) ? own : (options.cacheControl ?? own)
  if (options.noTransform && !NO_TRANSFORM.test(cacheControl ?? '')) {
    cacheControl = cacheControl ? `${cacheControl}, no-transform` : 'no-transform'
  }
  const fields: Record<string, string> = {}
  if (cacheControl !== undefined) fields['Cache-Control'] = cacheControl
  if (etag !== undefined) fields['ETag'] = formatEntityTag(etag)
  // A date that is not strong yet is not sent: a later request with it would get a 304 after a change within the same
  // second (9110 §8.8.2.2).
  if (now !== undefined && isStrongDate(lastModified, now))
    fields['Last-Modified'] = formatHttpDate(lastModified.getTime())
  return fields
}
