/**
 * Calls back when something that is waited for takes too long. One timer serves many waits in a row: it is set again
 * only when it is due, not for each chunk.
 */
export class StallClock {
  readonly #limit: number
  readonly #onStall: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  /** When the present wait began; `undefined` while nothing is waited for. */
  #since: number | undefined

  constructor(limit: number, onStall: () => void) {
    this.#limit = limit
    this.#onStall = onStall
  }

  /** A wait begins. */
  start(): void {
    this.#since = performance.now()
    this.#timer ??= setTimeout(this.#check, this.#limit)
  }

  /** The wait is over; a later one may begin. */
  pause(): void {
    this.#since = undefined
  }

  /** No wait begins any more. */
  stop(): void {
    this.pause()
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  readonly #check = () => {
    this.#timer = undefined
    // A reader that does not read is not waited for.
    if (this.#since === undefined) return
    const left = this.#since + this.#limit - performance.now()
    if (left > 0) this.#timer = setTimeout(this.#check, left)
    else this.#onStall()
  }
}
