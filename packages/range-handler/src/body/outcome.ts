/** How a body ended. */
export type Outcome =
  /** All of it was handed over, or there was nothing to send. */
  | { readonly kind: 'complete' }
  /** Nobody waits for it any more: the client left, a middleware dropped it, its reader cancelled it. */
  | { readonly kind: 'aborted'; readonly reason?: unknown }
  /** The source, or what reads from it, failed. */
  | { readonly kind: 'failed'; readonly cause: unknown }

export const COMPLETE = { kind: 'complete' } as const satisfies Outcome

export function aborted(reason?: unknown): Outcome {
  return { kind: 'aborted', reason }
}

export function failed(cause: unknown): Outcome {
  return { kind: 'failed', cause }
}

/** What the signal of reads that are under way is aborted with. */
export function reasonOf(outcome: Outcome): unknown {
  switch (outcome.kind) {
    case 'complete':
      return undefined
    case 'aborted':
      return outcome.reason
    case 'failed':
      return outcome.cause
  }
}
