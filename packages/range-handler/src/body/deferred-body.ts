import { type ResponsePlan, type Segment, segmentLength } from '@rangekit/range-core'
import type { OpenRepresentation } from './open-representation.ts'
import type { Outcome } from './outcome.ts'

/** A body that is planned and opened but not read: a server can read it into its own buffers, or have it as a stream. */
export interface DeferredBody {
  readonly plan: ResponsePlan
  /** What the ranges of the plan's segments are read from. Whoever sends the body ends it. */
  readonly representation: OpenRepresentation
  /** Called with a fault that comes too late for another answer. */
  readonly onError: (error: unknown) => void
}

/** How many bytes segments are together. */
export function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segmentLength(segment), 0)
}

/** Ends a body where nobody waits for that; a fault in closing goes to its `onError`. */
export function endInBackground({ representation, onError }: DeferredBody, outcome: Outcome): void {
  const end = async () => representation.end(outcome)
  end().catch(onError)
}
