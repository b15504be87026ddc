import type { Fields, Segment } from '@rangekit/range-core'
import type { Outcome } from './body/outcome.ts'

/**
 * One response to a request, with or without a body, from its head to its end. What changes while it is sent is read
 * when it is asked for: nothing is called for each chunk.
 */
export interface Transfer {
  readonly request: Request
  /** The key that the request named; `undefined` if it named none. */
  readonly key: string | undefined
  /** The status that the client gets. */
  readonly status: number
  /** The planned fields. Middleware may have changed them since. */
  readonly headers: Fields
  /** The planned body: ranges of the representation, and the headers of parts. Empty if there is no body. */
  readonly segments: readonly Segment[]
  /** Bytes in the planned body. */
  readonly length: number
  /** Bytes in the whole representation; `undefined` if there is none. */
  readonly completeLength: number | undefined
  /** When the request reached the handler, in milliseconds since 1970. */
  readonly startedAt: number
  /** Milliseconds from then to the end, or to now. */
  readonly duration: number
  /**
   * Bytes of the body that were handed over so far; all of them once it is complete. `undefined` while the runtime
   * takes them without telling: a body in one piece, and bodies on Workers.
   */
  readonly bytesSent: number | undefined
  /** How it ended; `undefined` while it is being sent. */
  readonly outcome: Outcome | undefined
}

/**
 * Called once for each transfer, when its response is known. What it returns is called once, when the transfer has
 * ended. What either throws goes to the console.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a listener without an interest in the end returns nothing.
export type TransferListener = (transfer: Transfer) => ((transfer: Transfer) => void) | void
