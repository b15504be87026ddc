import type { ByteRange } from '../byte-range.ts'
import type { RangeBytes, RangeSource, ReadOptions, Representation } from '../source.ts'

/** What became of one representation that was opened. */
export interface WatchedRepresentation {
  readonly closes: number
  readonly reads: number
  /** Reads that had not ended when `close` was called, or began later. */
  readonly readsBeyondClose: number
}

export interface WatchedSource extends RangeSource {
  readonly opened: readonly WatchedRepresentation[]
}

/** Reads one range in place of the source. */
export type ReadInstead = (
  range: ByteRange,
  read: () => RangeBytes | Promise<RangeBytes>,
  options: ReadOptions | undefined,
) => RangeBytes | Promise<RangeBytes>

/** A source that counts what is done with what it opens; `readInstead` lets reads go wrong. */
export function watchSource(
  source: RangeSource,
  readInstead: ReadInstead = (_, read) => read(),
): WatchedSource {
  const opened: Watched[] = []
  return {
    opened,
    async open(key, options) {
      const representation = await source.open(key, options)
      if (representation === undefined) return undefined
      const watched = new Watched(representation, readInstead)
      opened.push(watched)
      return watched.over(representation)
    },
  }
}

class Watched implements WatchedRepresentation {
  closes = 0
  reads = 0
  readsBeyondClose = 0
  #reading = 0
  readonly #representation: Representation
  readonly #readInstead: ReadInstead

  constructor(representation: Representation, readInstead: ReadInstead) {
    this.#representation = representation
    this.#readInstead = readInstead
  }

  /** The representation, whatever it is made of, but read and closed through this. */
  over(representation: Representation): Representation {
    const read: Representation['read'] = (range, options) => this.#read(range, options)
    const close: Representation['close'] = () => {
      this.closes++
      this.readsBeyondClose += this.#reading
      return representation.close()
    }
    return new Proxy(representation, {
      get(target, name) {
        if (name === 'read') return read
        if (name === 'close') return close
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }

  async #read(range: ByteRange, options: ReadOptions | undefined): Promise<RangeBytes> {
    this.reads++
    if (this.closes > 0) this.readsBeyondClose++
    this.#reading++
    try {
      const bytes = await this.#readInstead(range, () => this.#representation.read(range, options), options)
      return bytes instanceof ReadableStream ? this.#watchStream(bytes) : bytes
    } finally {
      this.#reading--
    }
  }

  #watchStream(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = stream.getReader()
    return new ReadableStream(
      {
        pull: async (controller) => {
          if (this.closes > 0) this.readsBeyondClose++
          this.#reading++
          try {
            const { done, value } = await reader.read()
            if (done) controller.close()
            else controller.enqueue(value)
          } finally {
            this.#reading--
          }
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  }
}
