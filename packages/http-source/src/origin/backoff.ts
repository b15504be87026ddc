import { OriginError } from './origin-error.ts'
import { sleep } from './wait.ts'

/** Milliseconds before the first repetition; each further one waits twice as long. */
const FIRST = 100
/** Nothing is waited for longer than this, in milliseconds: whoever asked waits as well. */
const LONGEST = 10_000

/** How often, and when, a failed request is repeated. */
export class Backoff {
  readonly #most: number
  #failures = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Notes progress: failures in a row are counted from here. */
  reset(): void {
    this.#failures = 0
  }

  /**
   * Waits until a request may be repeated.
   *
   * @throws the error, if it does not pass by waiting, has come too often, or the origin wants more time than there is.
   */
  async wait(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    if (!(error instanceof OriginError && error.isTransient) || this.#failures >= this.#most) throw error
    const delay =
      error.retryAfter ?? Math.min(FIRST * 2 ** this.#failures, LONGEST) * (0.5 + Math.random() / 2)
    if (delay > LONGEST) throw error
    this.#failures++
    await sleep(delay, signal)
  }
}
