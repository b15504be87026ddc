import { type ResponsePlan, type Segment, segmentLength } from '@rangekit/range-core'
import type { OpenRepresentation } from './open-representation.ts'
import type { Outcome } from './outcome.ts'

/**
 * A planned body whose representation is open but not read: a server can read it into its own buffers, or stream it.
 */
export interface DeferredBody {
  readonly plan: ResponsePlan
  /** What the ranges of the plan's segments are read from. The sender of the body ends it. */
  readonly representation: OpenRepresentation
  /** Called with a fault that comes too late to answer with a 500. */
  readonly onError: (error: unknown) => void
}

/**
 * The total length of segments, in bytes.
 *
 * @example
 * const bytes = new TextEncoder().encode('--boundary--')
 * lengthOf([{ kind: 'range', range: { firstPos: 0, lastPos: 9 } }, { kind: 'bytes', bytes }]) // 22
 */
export function lengthOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segmentLength(segment), 0)
}

/** Ends a body without waiting for it; a fault in closing goes to its `onError`. */
export function endInBackground({ representation, onError }: DeferredBody, outcome: Outcome): void {
  const end = async () => representation.end(outcome)
  end().catch(onError)
}
