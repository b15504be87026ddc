import type { ResponsePlan } from '@rangekit/range-core'
import type { OpenRepresentation } from './open-representation.ts'
import type { Outcome } from './outcome.ts'

/**
 * A planned body whose representation is open but not read: a server can read it into its own buffers, or stream it.
 */
export interface DeferredBody {
  /** What to send. */
  readonly plan: ResponsePlan
  /** What the ranges of the plan's segments are read from. The sender of the body ends it. */
  readonly representation: OpenRepresentation
  /** Called with a fault that comes too late to answer with a 500. */
  readonly onError: (error: unknown) => void
}

/** Ends a body without waiting for it; a fault in closing goes to its `onError`. */
export function endInBackground({ representation, onError }: DeferredBody, outcome: Outcome): void {
  const end = async () => representation.end(outcome)
  end().catch(onError)
}
