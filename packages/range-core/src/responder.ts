import type { PlannedBody } from './body.ts'
import type { ResponsePlan } from './plan.ts'

/**
 * Makes a response of a plan whose body can be read into a server's own buffers, or that has none. It has to call
 * `body.close` when the body was sent, failed or was given up; where it throws, that is done for it, and so it is
 * before where there is no body.
 */
export type Responder = (plan: ResponsePlan, body: PlannedBody) => Response

const RESPONDER = Symbol('responder')

/** On the request itself: what lies beside it, in a map, costs the collector more than all else of a small answer. */
interface OfferedRequest extends Request {
  [RESPONDER]?: Responder
}

/**
 * Says of a request, before an app sees it, that its server has a way of its own to send bodies that can be read into
 * buffers (see `readInto`), and heads alone. A handler that gets this very request makes its response with `responder`; wherever the
 * request was replaced on the way, the body is a stream as ever.
 */
export function offerResponder(request: OfferedRequest, responder: Responder): void {
  request[RESPONDER] = responder
}

/** What a request's server offered. */
export function responderOf(request: OfferedRequest): Responder | undefined {
  return request[RESPONDER]
}
