import type { ResponsePlan } from '@rangekit/range-core'
import type { PlannedBody } from './body/stream-body.ts'

/**
 * Makes the response to a plan whose body can be read with `readInto`, or that has no body.
 *
 * It has to call `body.close` when the body was sent, failed or was given up; at any time, for `close` waits for reads
 * under way. Where the responder throws, that is done for it; where there is no body, it was done before.
 */
export type Responder = (plan: ResponsePlan, body: PlannedBody) => Response

const RESPONDER = Symbol('responder')

/** A symbol property: a WeakMap entry per request dominated GC time for small responses. */
interface OfferedRequest extends Request {
  [RESPONDER]?: Responder
}

/**
 * Marks a request, before the app sees it, as one whose server can natively send bodies that are read with `readInto`.
 * A handler that gets this very request makes its response with `responder`; where middleware has replaced the request,
 * the body is a stream.
 */
export function offerResponder(request: OfferedRequest, responder: Responder): void {
  request[RESPONDER] = responder
}

/** The responder that was offered for a request. */
export function responderOf(request: OfferedRequest): Responder | undefined {
  return request[RESPONDER]
}
