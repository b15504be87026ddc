import type { ReadOptions } from '@rangekit/range-core'

interface Waiter {
  readonly position: number
  /** When it began to wait, by `performance.now()`. */
  readonly since: number
  readonly wake: (failure?: Error) => void
}

/** What timers can wait for, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1

/**
 * How much of a file is there that is being written from its start to its end, and who waits for more. Whoever writes it,
 * or watches its writer, reports to it.
 */
export class Growth {
  /** Bytes in the whole file; `undefined` if nobody knows. */
  readonly completeLength: number | undefined
  readonly #timeout: number
  /** In the order in which they came. */
  readonly #waiters = new Set<Waiter>()
  #frontier: number
  /** When its writer was last seen at work, by `performance.now()`. */
  #seenAt = Number.NEGATIVE_INFINITY
  #isOver = false
  #failure: Error | undefined
  #isCut = false
  #stalls: ReturnType<typeof setTimeout> | undefined

  /**
   * @param completeLength bytes in the whole file; `undefined` if nobody knows.
   * @param frontier bytes that are there.
   * @param timeout for how many milliseconds readers wait while nothing is written.
   */
  constructor(completeLength: number | undefined, frontier: number, timeout: number) {
    this.completeLength = completeLength
    this.#timeout = timeout
    this.#frontier = Math.min(frontier, completeLength ?? frontier)
  }

  /** How many bytes are there, from the first one on. */
  get frontier(): number {
    return this.#frontier
  }

  /** Whether all bytes are there. */
  get isComplete(): boolean {
    return this.#failure === undefined && (this.#isOver || this.#frontier === this.completeLength)
  }

  /** Why no further byte will come; `undefined` while some may, and if all are there. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** Whether bytes that were there are no longer those that they were: nothing may be read any more. */
  get isCut(): boolean {
    return this.#isCut
  }

  /** Whether anybody waits. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0
  }

  /**
   * Reports how many bytes are there.
   *
   * @param frontier what is past the complete length does not count; fewer than before are no news.
   */
  reach(frontier: number): void {
    if (this.#failure !== undefined || this.isComplete || frontier <= this.#frontier) return
    this.#frontier = Math.min(frontier, this.completeLength ?? frontier)
    this.stir()
    this.#wake(({ position }) => position < this.#frontier || this.isComplete)
  }

  /** Reports that the writer is at work, if not at the frontier: whoever waits goes on waiting. */
  stir(): void {
    this.#seenAt = performance.now()
  }

  /**
   * Reports that the writer is done.
   *
   * @param length bytes in the file: fewer than its complete length are a failure.
   */
  finish(length: number): void {
    this.reach(length)
    if (this.#failure !== undefined || this.isComplete) return
    const { completeLength } = this
    if (completeLength !== undefined) {
      this.fail(new Error(`The writer ended after ${length} of ${completeLength} bytes`))
      return
    }
    this.#isOver = true
    this.#wake(() => true)
  }

  /** Reports that bytes are gone, or others, that were there. */
  cut(): void {
    this.#isCut = true
    this.#failure ??= new Error('The file was cut while it was written')
    this.#wake(() => true, this.#failure)
  }

  /** Reports that no further byte will come, although the file is not complete. */
  fail(cause: Error): void {
    if (this.#failure !== undefined || this.isComplete) return
    this.#failure = cause
    this.#wake(() => true, cause)
  }

  /**
   * Waits until the byte at a position is there, or the file is complete.
   *
   * @returns `undefined` if there is nothing to wait for.
   * @throws Error, as a rejection, if the file fails, does not grow in time, or the signal is aborted.
   */
  whenThere(position: number, { signal }: ReadOptions = {}): Promise<void> | undefined {
    if (position < this.#frontier || this.isComplete) return undefined
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const onAbort = () => waiter.wake(signal?.reason)
      const waiter: Waiter = {
        position,
        since: performance.now(),
        wake: (failure) => {
          this.#waiters.delete(waiter)
          signal?.removeEventListener('abort', onAbort)
          if (this.#waiters.size === 0) this.#watchStalls()
          if (failure === undefined) resolve()
          else reject(failure)
        },
      }
      this.#waiters.add(waiter)
      signal?.addEventListener('abort', onAbort, { once: true })
      if (this.#waiters.size === 1) this.#watchStalls()
    })
  }

  #wake(isDue: (waiter: Waiter) => boolean, failure?: Error): void {
    for (const waiter of [...this.#waiters]) if (isDue(waiter)) waiter.wake(failure)
  }

  /** One timer, for the one who has waited longest. Where a byte came in the meantime, it is set again. */
  #watchStalls(): void {
    clearTimeout(this.#stalls)
    this.#stalls = undefined
    const [oldest] = this.#waiters
    if (oldest === undefined) return
    const delay = Math.max(0, this.#givesUpAt(oldest) - performance.now())
    // It keeps the process alive, as any read would that is under way.
    this.#stalls = setTimeout(() => this.#endStalled(), Math.min(delay, MAX_DELAY))
  }

  #givesUpAt({ since }: Waiter): number {
    return Math.max(since, this.#seenAt) + this.#timeout
  }

  /** Ends only those who have waited for long enough: the writer may go on, for whoever asks then. */
  #endStalled(): void {
    const now = performance.now()
    this.#wake(
      (waiter) => this.#givesUpAt(waiter) <= now,
      new Error(`No byte was written for ${this.#timeout} ms`),
    )
    this.#watchStalls()
  }
}
