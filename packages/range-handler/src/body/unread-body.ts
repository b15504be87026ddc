import { type DeferredBody, endInBackground } from './deferred-body.ts'
import { aborted } from './outcome.ts'

/**
 * Ends a body whose response is over, unless its reading has begun: middleware may replace a response, drop it for an
 * error, or have answered before there was one, and no server cancels what is left over. A body that is being read goes
 * on: the reader may be a copy (`clone`, a cache) that outlives the response.
 */
export function endUnread(body: DeferredBody, reason?: unknown): void {
  const { begun, outcome } = body.representation
  if (!begun && outcome === undefined) endInBackground(body, aborted(reason))
}
