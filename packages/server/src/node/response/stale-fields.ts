import type { ResponsePlan } from '@rangekit/range-core'
import type { FieldRecord } from './response-head.ts'

/** Fields that describe the exact bytes of a body. */
const ABOUT_BYTES = ['Content-Length', 'Content-Range', 'Accept-Ranges', 'Repr-Digest', 'ETag']
/** Planned fields that may stay with any body: a replaced response sets its own type. */
const ABOUT_ANY = new Set(['Content-Type', 'X-Content-Type-Options'])

/**
 * Removes the fields that were planned for a body that is not sent. Hono keeps the fields of a response that a
 * middleware replaces, or that existed when a middleware threw: without this, an error of three bytes would carry the
 * Content-Length, the entity tag and the Cache-Control of a film. A field that was since set to another value stays.
 *
 * @param fields the response's.
 * @param plan the plan for the request.
 * @param status the response's.
 * @param isSame whether the response's body may be the planned one.
 */
export function dropStaleFields(
  fields: Readonly<FieldRecord>,
  plan: ResponsePlan,
  status: number,
  isSame: boolean,
): FieldRecord {
  const isTrue = status === plan.status && (isSame || plan.segments.length === 0)
  const isEncoded = fields['Content-Encoding'] !== plan.headers['Content-Encoding']
  const stale = new Set(isTrue ? (isEncoded ? ABOUT_BYTES : []) : Object.keys(plan.headers))
  const isStale = ([name, value]: [string, unknown]) =>
    stale.has(name) && !ABOUT_ANY.has(name) && value === plan.headers[name]
  return Object.fromEntries(Object.entries(fields).filter((field) => !isStale(field)))
}
