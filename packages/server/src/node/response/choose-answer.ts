import { type Deferred, type DeferredBody, deferredOf, isUntouched, lengthOf } from '@rangekit/range-handler'
import { isBun } from '../../runtime.ts'
import { type FieldRecord, fieldRecord, framedAs } from './response-head.ts'
import { dropStaleFields } from './stale-fields.ts'

/** What is sent for a response. */
export type Answer = DeferredAnswer | PlainAnswer

/** A deferred body, to send from pooled buffers with the status and fields that the middleware agreed on. */
export interface DeferredAnswer {
  readonly kind: 'deferred'
  readonly status: number
  readonly fields: Readonly<FieldRecord>
  readonly body: DeferredBody
}

/** The response itself, with its body as a stream. */
export interface PlainAnswer {
  readonly kind: 'plain'
  readonly response: Response
  /**
   * The fields to send.
   *
   * @param length bytes in the body; `undefined` if that is unknown before its end.
   */
  readonly fieldsFor: (length: number | undefined) => Readonly<FieldRecord>
}

/**
 * Chooses the deferred body if the response still carries it and it is unread, with whatever head the middleware gave it;
 * otherwise the response itself.
 *
 * @param last the last body that was deferred for the same request, if any.
 */
export function chooseAnswer(response: Response, last: Deferred | undefined): Answer {
  if (last === undefined) return plainAnswer(response)
  const own = deferredOf(response)
  if (own !== undefined && isUntouched(own)) {
    const { body, headers } = own
    const { status, headers: planned } = body.plan
    const fields = headers === undefined ? planned : withLength(fieldRecord(headers), body)
    return { kind: 'deferred', status, fields, body }
  }
  const fields = fieldsOf(response)
  // The same stream in a new Response, as Hono makes it if a middleware sets `context.res`.
  const copied = own === undefined ? deferredOf(response.body) : undefined
  if (copied !== undefined && isUntouched(copied)) {
    const { body } = copied
    return { kind: 'deferred', status: response.status, fields: withLength(fields, body), body }
  }
  const { plan } = last.body
  // Checked now: the response's own body may not begin to read the deferred one until it is sent.
  const isRead = !isUntouched(last)
  return {
    kind: 'plain',
    response,
    fieldsFor(length) {
      // A body that was made from the planned one and has its length is most likely the same.
      const isSame = isRead && (length === undefined || length === lengthOf(plan.segments))
      return dropStaleFields(fields, plan, response.status, isSame)
    },
  }
}

/** The answer for a response to a request for which nothing was deferred. */
export function plainAnswer(response: Response): PlainAnswer {
  const fields = fieldsOf(response)
  return { kind: 'plain', response, fieldsFor: () => fields }
}

/**
 * The fields of a response. Call it before looking at the body: after that, Bun has forgotten the type that the body
 * implies. The Response of `@hono/node-server` never knows that type, so it is first turned into the runtime's.
 */
function fieldsOf(response: Response): FieldRecord {
  void response.bodyUsed
  const fields = fieldRecord(response.headers)
  // Bun gives text no type, and a browser would guess one. The other runtimes set it.
  if (isBun && response.body !== null) fields['Content-Type'] ??= 'text/plain; charset=UTF-8'
  return fields
}

/** A middleware may have lost or changed the length of a body, but its bytes are still the planned ones. */
function withLength(fields: FieldRecord, { plan: { segments } }: DeferredBody): FieldRecord {
  if (segments.length === 0) return fields
  const length = lengthOf(segments)
  const { 'Content-Length': _, ...others } = fields
  return framedAs(others, length)
}
