import type { Clock } from './clock.ts'

/** What a bucket holds when it is full, in milliseconds of its rate: as late as a timer may be without slowing a body down. */
const DEPTH = 200

/** The smallest piece of a body, in bytes. At 1 kB/s it is sent in a quarter of a second. */
export const MIN_PIECE = 256

/** A token bucket: over any time, no more leaves it than its rate allows for that time, and `depth`. */
export class Bucket {
  /** In bytes per millisecond. */
  readonly rate: number
  /** The most that can be taken at once, in bytes. */
  readonly depth: number
  readonly #clock: Clock
  #level: number
  #filledAt: number

  /** @param rate in bytes per second. */
  constructor(rate: number, clock: Clock) {
    this.rate = rate / 1000
    this.depth = Math.max(this.rate * DEPTH, MIN_PIECE)
    this.#clock = clock
    this.#level = this.depth
    this.#filledAt = clock.now()
  }

  /** How long it takes until `bytes` can be taken, in milliseconds; 0 if that is now. */
  delay(bytes: number): number {
    this.#fill()
    // Whole milliseconds, as timers count them.
    return Math.max(0, Math.ceil((bytes - this.#level) / this.rate))
  }

  /** Takes what `delay` says can be taken. */
  take(bytes: number): void {
    this.#fill()
    this.#level -= bytes
  }

  /** Puts back what was taken and is not needed. */
  giveBack(bytes: number): void {
    this.#level = Math.min(this.depth, this.#level + bytes)
  }

  #fill(): void {
    const now = this.#clock.now()
    this.#level = Math.min(this.depth, this.#level + (now - this.#filledAt) * this.rate)
    this.#filledAt = now
  }
}
