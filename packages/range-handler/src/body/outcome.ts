/** How a body ended. */
export type Outcome =
  /** All of it was handed over, or there was nothing to send. */
  | { readonly kind: 'complete' }
  /** It is no longer wanted: the client left, a middleware dropped it, its reader cancelled it. */
  | { readonly kind: 'aborted'; readonly reason?: unknown }
  /** The source, or what reads from it, failed. */
  | { readonly kind: 'failed'; readonly cause: unknown }

/**
 * The outcome of a body that was handed over to its last byte.
 *
 * @example
 * COMPLETE.kind // 'complete'
 */
export const COMPLETE = { kind: 'complete' } as const satisfies Outcome

/**
 * The outcome of a body that is no longer wanted.
 *
 * @param reason what the signal of reads that are under way is aborted with. Default: an `AbortError`.
 * @example
 * aborted('the client left') // { kind: 'aborted', reason: 'the client left' }
 */
export function aborted(reason?: unknown): Outcome {
  return { kind: 'aborted', reason }
}

/**
 * The outcome of a body that broke.
 *
 * @param cause what failed.
 * @example
 * failed('the disk failed') // { kind: 'failed', cause: 'the disk failed' }
 */
export function failed(cause: unknown): Outcome {
  return { kind: 'failed', cause }
}
