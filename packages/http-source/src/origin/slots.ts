import { OriginError } from './origin-error.ts'
import { IS_WORKERD } from './runtime.ts'
import { waitFor } from './wait.ts'

/** Bounds how many requests are under way at once. The longest waiting is the next. */
export class Slots {
  #free: number
  readonly #waiting = new Set<() => void>()

  constructor(count: number) {
    this.#free = IS_WORKERD ? Number.POSITIVE_INFINITY : count
  }

  /**
   * Takes a slot; whoever does releases it.
   *
   * @returns nothing if one is free, else a promise that rejects after `timeout` ms, or when the signal is aborted.
   */
  take(timeout: number, signal: AbortSignal | undefined): undefined | Promise<void> {
    if (this.#free === 0) return this.#wait(timeout, signal)
    this.#free--
    return undefined
  }

  /** Gives a slot to the longest waiting. */
  release(): void {
    const [next] = this.#waiting
    if (next === undefined) this.#free++
    else next()
  }

  #wait(timeout: number, signal: AbortSignal | undefined): Promise<void> {
    const late = () => {
      throw new OriginError('busy', `No connection was free within ${timeout} ms`)
    }
    return waitFor(timeout, signal, late, (enter) => {
      this.#waiting.add(enter)
      return () => this.#waiting.delete(enter)
    })
  }
}
