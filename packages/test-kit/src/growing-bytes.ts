/** Positions are inclusive; the last one of an open-ended range is 2^53 - 1. */
interface Range {
  readonly firstPos: number
  readonly lastPos: number
}

interface Options {
  readonly signal?: AbortSignal | undefined
}

/** The most bytes in one piece of a stream. */
const PIECE = 64 * 1024

/**
 * Something in memory that is still being written, and all that is opened of it. It has the members of a representation that
 * grows, and counts what is done with them.
 */
export class GrowingBytes {
  readonly completeLength: number | undefined
  readonly etag = { opaque: 'grows', weak: false }
  /** How many representations were opened and closed. */
  opens = 0
  closes = 0
  readonly #whole: Uint8Array<ArrayBuffer>
  readonly #waiters = new Set<() => void>()
  #frontier = 0
  #isOver = false
  #failure: Error | undefined

  /**
   * @param whole what will have been written in the end.
   * @param isLengthKnown whether that is known before the end. Default: true.
   */
  constructor(whole: Uint8Array<ArrayBuffer>, isLengthKnown = true) {
    this.#whole = whole
    this.completeLength = isLengthKnown ? whole.byteLength : undefined
  }

  /** How many waits are under way. */
  get waiting(): number {
    return this.#waiters.size
  }

  get frontier(): number {
    return this.#frontier
  }

  get isComplete(): boolean {
    return this.#isOver || this.#frontier === this.completeLength
  }

  /** Writes these bytes, in place of those that were to come. */
  write(piece: Uint8Array): void {
    this.#whole.set(piece, this.#frontier)
    this.reach(this.#frontier + piece.byteLength)
  }

  /** Writes on to this position. */
  reach(frontier: number): void {
    this.#frontier = Math.min(frontier, this.#whole.byteLength)
    this.#wake()
  }

  /** Writes the rest, and ends. */
  finish(): void {
    this.#isOver = true
    this.reach(this.#whole.byteLength)
  }

  /** Ends before everything is written. */
  fail(cause: Error): void {
    this.#failure = cause
    this.#wake()
  }

  /** A representation of it, which may be spread: its getters are not. */
  open() {
    this.opens++
    const bytes = this
    return {
      completeLength: this.completeLength,
      etag: this.etag,
      get isComplete() {
        return bytes.isComplete
      },
      get frontier() {
        return bytes.frontier
      },
      whenThere: (position: number, options?: Options) => this.whenThere(position, options),
      read: (range: Range, options?: Options) => this.#read(range, options),
      readInto: (target: Uint8Array<ArrayBuffer>, position: number, options?: Options) =>
        this.#readInto(target, position, options),
      close: () => {
        this.closes++
      },
    }
  }

  whenThere(position: number, { signal }: Options = {}): Promise<void> | undefined {
    if (this.#isThere(position)) return undefined
    return new Promise((resolve, reject) => {
      const look = () => {
        const failure = signal?.aborted ? signal.reason : this.#failure
        if (failure === undefined && !this.#isThere(position)) return
        this.#waiters.delete(look)
        signal?.removeEventListener('abort', look)
        if (failure === undefined) resolve()
        else reject(failure)
      }
      this.#waiters.add(look)
      signal?.addEventListener('abort', look)
      look()
    })
  }

  #isThere(position: number): boolean {
    return position < this.#frontier || this.isComplete
  }

  #wake(): void {
    for (const look of [...this.#waiters]) look()
  }

  #readInto(target: Uint8Array<ArrayBuffer>, position: number, options?: Options): number | Promise<number> {
    const copy = () => {
      const there = this.#whole.subarray(position, Math.min(position + target.byteLength, this.#frontier))
      target.set(there)
      return there.byteLength
    }
    const waiting = this.whenThere(position, options)
    return waiting === undefined ? copy() : waiting.then(copy)
  }

  #read({ firstPos, lastPos }: Range, options?: Options): ReadableStream<Uint8Array<ArrayBuffer>> {
    const left = new AbortController()
    const signal = AbortSignal.any([left.signal, ...(options?.signal ? [options.signal] : [])])
    let position = firstPos
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          await this.whenThere(position, { signal })
          const end = Math.min(position + PIECE, lastPos + 1, this.#frontier)
          const piece = this.#whole.slice(position, end)
          position += piece.byteLength
          if (piece.byteLength > 0) controller.enqueue(piece)
          if (piece.byteLength === 0 || position > lastPos) controller.close()
        },
        cancel: (reason) => left.abort(reason),
      },
      { highWaterMark: 0 },
    )
  }
}
