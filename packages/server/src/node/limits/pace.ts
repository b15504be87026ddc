import { Bucket, MIN_PIECE } from './bucket.ts'
import { type Clock, PROCESS_CLOCK } from './clock.ts'
import { FairQueue } from './fair-queue.ts'

/** How long one piece of a body lasts at the rate of its connection, in milliseconds. */
const PIECE = 40

/** How fast bodies may be sent. */
export interface PaceLimits {
  /** Bytes per second on one connection. Default: no limit. */
  readonly rate?: number | undefined
  /** Bytes per second on all connections together. Default: no limit. */
  readonly totalRate?: number | undefined
}

interface Turn {
  readonly bytes: number
  readonly granted: (bytes: number) => void
}

/** Limits how fast bodies are sent: on each connection, and on all together, fairly. It knows nothing of connections. */
export class Pace {
  readonly #rate: number | undefined
  readonly #clock: Clock
  readonly #queue: FairQueue | undefined

  constructor({ rate, totalRate }: PaceLimits, clock: Clock = PROCESS_CLOCK) {
    this.#rate = rate
    this.#clock = clock
    this.#queue = totalRate === undefined ? undefined : new FairQueue(totalRate, clock)
  }

  /** The share of one more connection. */
  share(): Share {
    const own = this.#rate === undefined ? undefined : new Bucket(this.#rate, this.#clock)
    return new Share(own, this.#queue, this.#clock)
  }
}

/** What one connection may send. Its bodies, of which HTTP/2 sends several at a time, take turns. */
export class Share {
  readonly #own: Bucket | undefined
  readonly #queue: FairQueue | undefined
  readonly #clock: Clock
  /** What it has been given of the total. */
  readonly #flow = { given: 0 }
  /** Only the first one waits for anything but the others. */
  readonly #turns: Turn[] = []
  #stopWaiting: (() => void) | undefined

  constructor(own: Bucket | undefined, queue: FairQueue | undefined, clock: Clock) {
    this.#own = own
    this.#queue = queue
    this.#clock = clock
  }

  /**
   * Takes the right to send up to `want` bytes. Take a buffer for them after that.
   *
   * @param granted called with their number when there is a right to send them, unless it is returned.
   * @returns how many bytes can be sent now, at least one; or a function that gives up waiting.
   */
  take(want: number, granted: (bytes: number) => void): number | (() => void) {
    const bytes = Math.min(want, this.#piece)
    if (
      this.#turns.length === 0 &&
      !this.#ownDelay(bytes) &&
      this.#queue?.takeNow(this.#flow, bytes) !== false
    ) {
      this.#own?.take(bytes)
      return bytes
    }
    const turn: Turn = { bytes, granted }
    if (this.#turns.push(turn) === 1) this.#begin(turn)
    return () => this.#giveUp(turn)
  }

  /** Takes back what was granted and not needed. */
  giveBack(bytes: number): void {
    this.#own?.giveBack(bytes)
    this.#queue?.giveBack(this.#flow, bytes)
  }

  get #piece(): number {
    const own = this.#own === undefined ? Number.POSITIVE_INFINITY : Math.floor(this.#own.rate * PIECE)
    return Math.min(Math.max(own, MIN_PIECE), this.#queue?.piece ?? Number.POSITIVE_INFINITY)
  }

  #ownDelay(bytes: number): number {
    return this.#own?.delay(bytes) ?? 0
  }

  /** Waits for the own rate, then for the total one. Both are taken in the end, so that neither is kept for later. */
  #begin(turn: Turn): void {
    const delay = this.#ownDelay(turn.bytes)
    if (delay > 0) {
      this.#stopWaiting = this.#clock.after(delay, () => this.#begin(turn))
      return
    }
    const queue = this.#queue
    if (queue === undefined || queue.takeNow(this.#flow, turn.bytes)) this.#grant(turn)
    else this.#stopWaiting = queue.wait(this.#flow, turn.bytes, () => this.#grant(turn))
  }

  #grant(turn: Turn): void {
    this.#own?.take(turn.bytes)
    this.#next()
    turn.granted(turn.bytes)
  }

  #next(): void {
    this.#turns.shift()
    this.#stopWaiting = undefined
    const [next] = this.#turns
    if (next !== undefined) this.#begin(next)
  }

  #giveUp(turn: Turn): void {
    const index = this.#turns.indexOf(turn)
    if (index > 0) this.#turns.splice(index, 1)
    if (index !== 0) return
    this.#stopWaiting?.()
    this.#next()
  }
}
