import type { ByteRange } from '@rangekit/range-core'
import type { Exchange } from './exchange.ts'

/**
 * The answer to the request that described a version, if it has bytes of it. The first read takes it if it begins where
 * the bytes do.
 */
export class FirstPart {
  readonly range: ByteRange
  readonly #exchange: Exchange
  readonly #timer: ReturnType<typeof setTimeout>
  /** Whether it was taken, or has ended. */
  #isOver = false

  /**
   * @param exchange whose head has come, and nothing else was read.
   * @param time milliseconds until it ends if nobody takes it: it holds a connection.
   */
  constructor(exchange: Exchange, range: ByteRange, time: number) {
    exchange.follow(undefined)
    this.range = range
    this.#exchange = exchange
    this.#timer = setTimeout(() => this.end(), time)
  }

  /** Its head. */
  get response(): Response {
    return this.#exchange.response
  }

  /** @returns the answer, which `signal` ends from now on; `undefined` if it was taken before, or has ended. */
  take(signal: AbortSignal | undefined): Exchange | undefined {
    if (this.#isOver) return undefined
    this.#settle()
    this.#exchange.follow(signal)
    return this.#exchange
  }

  /** Ends it, unless it was taken. */
  end(): void {
    if (this.#isOver) return
    this.#settle()
    this.#exchange.end()
  }

  #settle(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }
}
