import { type Deferred, type DeferredBody, deferredOf, isUntouched, lengthOf } from '@rangekit/range-handler'
import { isBun } from '../../runtime.ts'
import { type FieldRecord, fieldRecord } from './field-names.ts'
import { framedAs } from './framing.ts'
import { dropStaleFields } from './stale-fields.ts'

/** A body to send from pooled buffers, under the status and the fields that all middleware agreed on. */
export interface Planned {
  readonly status: number
  readonly fields: Readonly<FieldRecord>
  readonly body: DeferredBody
}

/** Any other response. */
export interface Plain {
  readonly response: Response
  /** Those of its fields that are true of a body of so many bytes; of one whose length is not known before its end. */
  readonly fieldsFor: (length: number | undefined) => FieldRecord
}

/**
 * What is to be sent: the deferred body where it is still the response's and nobody has begun to read it, under whatever
 * head the middleware gave it; or else the response itself.
 *
 * @param last what was deferred last for the same request, if anything was.
 */
export function settle(response: Response, last: Deferred | undefined): Planned | Plain {
  if (last === undefined) return plain(response)
  const own = deferredOf(response)
  if (own !== undefined && isUntouched(own)) {
    const { body, headers } = own
    const { status, headers: planned } = body.plan
    return { status, fields: headers === undefined ? planned : withLength(fieldRecord(headers), body), body }
  }
  const fields = fieldsOf(response)
  // The same stream under another head, as Hono makes it where a middleware sets `context.res`.
  const copied = own === undefined ? deferredOf(response.body) : undefined
  if (copied !== undefined && isUntouched(copied)) {
    return { status: response.status, fields: withLength(fields, copied.body), body: copied.body }
  }
  const { plan } = last.body
  // Asked now: the response's own body may begin to read the deferred one only when it is sent.
  const isRead = !isUntouched(last)
  return {
    response,
    fieldsFor(length) {
      // Read from the planned body, what has its length is most likely the same.
      const isSame = isRead && (length === undefined || length === lengthOf(plan.segments))
      return dropStaleFields(fields, plan, response.status, isSame)
    },
  }
}

/** A response for which nothing was planned. */
export function plain(response: Response): Plain {
  const fields = fieldsOf(response)
  return { response, fieldsFor: () => fields }
}

/**
 * The fields of a response. To be asked for before its body, for Bun forgets the type that a body brings with it; and
 * Hono's own Response, which knows none, must have become the runtime's by then.
 */
function fieldsOf(response: Response): FieldRecord {
  void response.bodyUsed
  const fields = fieldRecord(response.headers)
  // Bun gives text no type, and a browser would guess one. Elsewhere the type is there.
  if (isBun && response.body !== null) fields['Content-Type'] ??= 'text/plain; charset=UTF-8'
  return fields
}

/** A middleware may have lost the length of a body, or changed it; its bytes are still those that were planned. */
function withLength(fields: FieldRecord, { plan: { segments } }: DeferredBody): FieldRecord {
  return segments.length === 0 ? fields : framedAs(fields, lengthOf(segments))
}
