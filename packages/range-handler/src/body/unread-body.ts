import { type DeferredBody, endInBackground } from './deferred-body.ts'
import { aborted } from './outcome.ts'
import { whenAborted } from './when-aborted.ts'

/**
 * Ends a body that nobody has begun to read when its signal is aborted: middleware may replace a response, drop it for
 * an error of its own, or have answered before there was one, and no server cancels what is left over. A body that is
 * being read goes on: the reader may be a copy (`clone`, a cache) that outlives the response.
 */
export function endUnread(body: DeferredBody, signal: AbortSignal | undefined): void {
  whenAborted(signal, () => {
    if (!body.representation.begun) endInBackground(body, aborted(signal?.reason))
  })
}
