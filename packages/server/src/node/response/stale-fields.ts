import type { ResponsePlan } from '@rangekit/range-core'
import type { FieldRecord } from './field-names.ts'

/** Fields that are about the very bytes of a body. */
const ABOUT_BYTES = ['Content-Length', 'Content-Range', 'Accept-Ranges', 'Repr-Digest', 'ETag']
/** Planned fields that are true of any body: a replaced response has its own type. */
const ABOUT_ANY = new Set(['Content-Type', 'X-Content-Type-Options'])

/**
 * The fields of a response without what was planned for a body that is not sent. Hono keeps the fields of a response that
 * a middleware replaces, or that was there when a middleware threw: an error of three bytes would carry the
 * Content-Length, the entity tag and the Cache-Control of a film. A field that somebody has set to another value stays.
 *
 * @param fields the response's.
 * @param plan what was planned for the request.
 * @param status the response's.
 * @param isSame whether its body may be the planned one.
 */
export function dropStaleFields(
  fields: FieldRecord,
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
