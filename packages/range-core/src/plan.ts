import { evaluatePreconditions, type FieldReader, ifRangeHolds, isStrongDate } from './conditional.ts'
import { formatEntityTag } from './entity-tag.ts'
import { formatHttpDate } from './http-date.ts'
import type { Segment } from './multipart.ts'
import { EMPTY_BODY, planRange, type RangeOptions } from './plan-range.ts'
import { reprDigestField } from './repr-digest.ts'
import type { Fields, RepresentationInfo } from './source.ts'

export interface PlanOptions extends Omit<RangeOptions, 'contentType'> {
  /**
   * Cache-Control of every 200, 206 and 304. A representation whose own Cache-Control says `no-store` keeps that.
   * Default: the representation's own, if it has one.
   */
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

const ALLOW = 'GET, HEAD, OPTIONS'

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
    if (representation.etag !== undefined) delete validators['Last-Modified']
    return { status: 304, headers: validators, segments: [] }
  }

  // §14.2: Range is defined for GET only, and MUST be ignored for another method.
  const range = request.method === 'GET' ? fields.get('range') : undefined
  const usesRange = range != null && ifRangeHolds(fields, representation, now)
  const { contentType, digests } = representation
  const plan = planRange(usesRange ? range : undefined, representation.completeLength, {
    ...options,
    contentType,
  })
  if (plan.status === 416) return plan
  const headers: Record<string, string> = {}
  if (contentType !== undefined) headers['Content-Type'] = contentType
  Object.assign(headers, representation.fields, plan.headers, validators)
  const digest = digests && reprDigestField(fields.get('want-repr-digest'), digests)
  if (digest !== undefined) headers['Repr-Digest'] = digest
  Object.assign(headers, options.fields)
  return { status: plan.status, headers, segments: request.method === 'HEAD' ? [] : plan.segments }
}

// A directive of Cache-Control (9111 §5.2), which is a list of them.
const NO_STORE = /(?:^|,)[ \t]*no-store[ \t]*(?:,|$)/i

/** Fields common to 200, 206 and 304. */
function validatorFields(
  representation: RepresentationInfo,
  options: PlanOptions,
  now: number,
): Record<string, string> {
  const { etag, lastModified, cacheControl: own } = representation
  // A source says `no-store` where it cannot tell this version from the next one: no option may make a cache keep it.
  const cacheControl = own !== undefined && NO_STORE.test(own) ? own : (options.cacheControl ?? own)
  const fields: Record<string, string> = {}
  if (cacheControl !== undefined) fields['Cache-Control'] = cacheControl
  if (etag !== undefined) fields['ETag'] = formatEntityTag(etag)
  // A date that is not strong yet is not given out, so that nobody can ask by it later and be told
  // "not modified" of a change within the same second (§8.8.2.2).
  if (isStrongDate(lastModified, now)) fields['Last-Modified'] = formatHttpDate(lastModified.getTime())
  return fields
}
