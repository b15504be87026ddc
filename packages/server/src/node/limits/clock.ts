/** Tells the time and wakes up. Tests have one that does not wait. */
export interface Clock {
  /** Milliseconds of a clock that is never set. */
  now(): number
  /**
   * Calls back after `delay` milliseconds.
   *
   * @returns a function that removes the callback.
   */
  after(delay: number, callback: () => void): () => void
}

/** The clock of this process. */
export const PROCESS_CLOCK: Clock = {
  now: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay)
    return () => clearTimeout(timer)
  },
}
