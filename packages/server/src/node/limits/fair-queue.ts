import { Bucket, MIN_PIECE } from './bucket.ts'
import type { Clock } from './clock.ts'

/** The time in which each of those who wait gets a piece, in milliseconds... */
const ROUND = 40
/** ...unless there are so many that a piece would last less than this: small pieces cost processor time. */
const MIN_TURN = 0.5

/** One of those who share what a queue hands out. */
export interface Flow {
  /** How much it has been given, in virtual time: that of one who always waits. */
  given: number
}

interface Waiting {
  readonly flow: Flow
  readonly bytes: number
  /** Its turn comes before those of a later start, in virtual time. */
  readonly start: number
  readonly granted: () => void
  isCancelled: boolean
}

/**
 * Hands out the bytes of one bucket by start-time fair queuing: those who wait all the time get the same number of bytes,
 * and share what the others leave. So the least is as large as it can be (max-min fairness).
 */
export class FairQueue {
  readonly #bucket: Bucket
  readonly #clock: Clock
  /** The next one is the last. */
  readonly #waiting: Waiting[] = []
  /** The start of the latest turn. */
  #virtualTime = 0
  #stopTimer: (() => void) | undefined

  /** @param rate in bytes per second. */
  constructor(rate: number, clock: Clock) {
    this.#bucket = new Bucket(rate, clock)
    this.#clock = clock
  }

  /** The most bytes for one turn. */
  get piece(): number {
    const time = Math.max(ROUND / (this.#waiting.length + 1), MIN_TURN)
    return Math.max(MIN_PIECE, Math.floor(this.#bucket.rate * time))
  }

  /** Gives a flow `bytes`, at most `piece`, if nobody waits and they are there. */
  takeNow(flow: Flow, bytes: number): boolean {
    if (this.#waiting.length > 0 || this.#bucket.delay(bytes) > 0) return false
    this.#give(flow, bytes, this.#startOf(flow))
    return true
  }

  /**
   * Calls back when a flow is given `bytes`, at most `piece`. A flow waits for one turn at a time.
   *
   * @returns a function that removes the callback.
   */
  wait(flow: Flow, bytes: number, granted: () => void): () => void {
    const start = this.#startOf(flow)
    const waiting: Waiting = { flow, bytes, start, granted, isCancelled: false }
    this.#waiting.splice(this.#placeFor(start), 0, waiting)
    if (this.#waiting.at(-1) === waiting) this.#schedule()
    return () => {
      // Skipped when its turn comes.
      waiting.isCancelled = true
    }
  }

  /** Takes back what a flow did not need. */
  giveBack(flow: Flow, bytes: number): void {
    flow.given -= bytes
    this.#bucket.giveBack(bytes)
    this.#schedule()
  }

  #startOf(flow: Flow): number {
    // Who did not wait is not owed what others got meanwhile.
    return Math.max(this.#virtualTime, flow.given)
  }

  /** Behind all who start no later. */
  #placeFor(start: number): number {
    let [low, high] = [0, this.#waiting.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#waiting[middle]?.start ?? 0) > start) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Wakes up when the next one can be served. */
  #schedule(): void {
    this.#stopTimer?.()
    const next = this.#waiting.at(-1)
    this.#stopTimer = next && this.#clock.after(this.#bucket.delay(next.bytes), () => this.#serve())
  }

  #serve(): void {
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      if (!next.isCancelled && this.#bucket.delay(next.bytes) > 0) break
      this.#waiting.pop()
      if (next.isCancelled) continue
      this.#give(next.flow, next.bytes, next.start)
      next.granted()
    }
    this.#schedule()
  }

  #give(flow: Flow, bytes: number, start: number): void {
    this.#bucket.take(bytes)
    this.#virtualTime = Math.max(this.#virtualTime, start)
    flow.given = start + bytes
  }
}
