import type { RangeBytes } from '@rangekit/range-core'
import { type DeferredBody, endInBackground } from './deferred-body.ts'
import { aborted, COMPLETE, failed } from './outcome.ts'
import { readSegments } from './read-range.ts'

/**
 * The body as a stream of exactly its length: it errors where a source gives too little or too much, or where the body
 * ends before its last byte. The body ends once: as complete, as failed, or as aborted when the stream is cancelled.
 * `cancel` does not wait for a read that is under way, closing does. Nothing is read ahead.
 *
 * @param first the bytes of the first range, if they were read already.
 */
export function streamBody(body: DeferredBody, first?: RangeBytes): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { plan, representation } = body
  const chunks = readSegments(plan.segments, representation, first)
  // Not made in `pull`, whose scope leads to the controller: see `OpenRepresentation.begin`.
  const endReader = () => chunks.return(undefined)
  let cancelled = false
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        if (!representation.begun) representation.begin(controller, endReader)
        try {
          const { done, value } = await chunks.next()
          representation.throwIfEnded()
          if (!done) {
            controller.enqueue(value)
            representation.transfer?.sent(value.byteLength)
            return
          }
          representation.finish()
          await representation.end(COMPLETE)
          controller.close()
        } catch (error) {
          await representation.end(failed(error))
          if (!cancelled) controller.error(error)
        }
      },
      cancel(reason) {
        cancelled = true
        endInBackground(body, aborted(reason))
      },
    },
    { highWaterMark: 0 },
  )
}
