import type { IntRange, OpenOptions } from '@rangekit/range-core'

/**
 * Options for the source to open with. Their signal is aborted with the request's, but only while the source opens: what
 * it has opened may be read for others as well, after the request is over.
 */
export class Opening implements OpenOptions {
  readonly #asked: OpenOptions | undefined
  readonly #toFetch: (range: IntRange) => IntRange | undefined
  #controller: AbortController | undefined
  #isOver = false

  /** @param toFetch what the source will have to be asked for if a range is read. */
  constructor(asked: OpenOptions | undefined, toFetch: (range: IntRange) => IntRange | undefined) {
    this.#asked = asked
    this.#toFetch = toFetch
  }

  get acceptEncoding(): string | undefined {
    return this.#asked?.acceptEncoding
  }

  get likelyRange(): IntRange | undefined {
    const likely = this.#asked?.likelyRange
    return likely && this.#toFetch(likely)
  }

  get signal(): AbortSignal | undefined {
    if (this.#controller !== undefined) return this.#controller.signal
    const signal = this.#isOver ? undefined : this.#asked?.signal
    if (signal === undefined) return undefined
    const controller = new AbortController()
    this.#controller = controller
    if (signal.aborted) controller.abort(signal.reason)
    else signal.addEventListener('abort', this.#forward, { once: true })
    return controller.signal
  }

  /** The source has opened it, or failed to. */
  end(): void {
    this.#isOver = true
    if (this.#controller !== undefined) this.#asked?.signal?.removeEventListener('abort', this.#forward)
  }

  readonly #forward = () => this.#controller?.abort(this.#asked?.signal?.reason)
}
