import type {
  ByteRange,
  IntRange,
  OpenOptions,
  RangeSource,
  ReadOptions,
  Representation,
} from '@rangekit/range-core'
import { positionBytes } from '@rangekit/test-kit/bytes'

/** How an origin behaves. */
export interface OriginOptions {
  /** Bytes in a piece of a stream. Default: 1000. */
  readonly piece?: number
  /** Called before each piece, with its position; the piece waits for it, and fails with it. */
  readonly before?: (position: number, signal: AbortSignal | undefined) => Promise<void> | void
  /** Whether it offers `readInto`, and its streams fail. Default: false. */
  readonly readsInto?: boolean
  /** Changes what `open` gives. */
  readonly change?: (representation: Representation) => Partial<Representation>
}

/** An origin in memory that keeps a log of what it is asked. */
export class Origin implements RangeSource {
  readonly store = new Map<string, { readonly bytes: Uint8Array<ArrayBuffer>; readonly tag: string }>()
  /** What each opener was likely to read. */
  readonly likely: (IntRange | undefined)[] = []
  /** Every read, in order. */
  readonly reads: ByteRange[] = []
  readonly signals: (AbortSignal | undefined)[] = []
  /** How many bytes were given. */
  bytes = 0
  /** How many representations are open, how often one was closed again, and how often it was closed while reading. */
  openCount = 0
  closedTwice = 0
  closedWhileReading = 0
  readonly #options: OriginOptions

  constructor(options: OriginOptions = {}) {
    this.#options = options
  }

  put(key: string, bytes: Uint8Array<ArrayBuffer>, tag: string): void {
    this.store.set(key, { bytes, tag })
  }

  async open(key: string, options?: OpenOptions): Promise<Representation | undefined> {
    this.likely.push(options?.likelyRange)
    const entry = this.store.get(key)
    if (entry === undefined) return undefined
    this.openCount++
    const representation = this.#represent(entry)
    return { ...representation, ...this.#options.change?.(representation) }
  }

  #represent({ bytes, tag }: { bytes: Uint8Array<ArrayBuffer>; tag: string }): Representation {
    const { piece = 1000, before = () => {}, readsInto = false } = this.#options
    let isClosed = false
    let reading = 0
    const give = async (position: number, end: number, signal: AbortSignal | undefined) => {
      if (isClosed) throw new Error('Read after it was closed')
      reading++
      try {
        await before(position, signal)
        const given = bytes.slice(position, Math.min(position + piece, end))
        this.bytes += given.byteLength
        return given
      } finally {
        reading = Math.max(0, reading - 1)
      }
    }
    return {
      completeLength: bytes.byteLength,
      etag: { opaque: tag, weak: false },
      read: (range, options?: ReadOptions) => {
        if (readsInto) throw new Error('It was read as a stream')
        this.reads.push(range)
        this.signals.push(options?.signal)
        let position = range.firstPos
        return new ReadableStream<Uint8Array<ArrayBuffer>>(
          {
            pull: async (controller) => {
              const given = await give(position, range.lastPos + 1, options?.signal)
              position += given.byteLength
              controller.enqueue(given)
              if (position > range.lastPos) controller.close()
            },
            // After that it may be closed, although the last piece is still on its way.
            cancel: () => {
              reading = 0
            },
          },
          { highWaterMark: 0 },
        )
      },
      ...(readsInto && {
        readInto: async (target: Uint8Array<ArrayBuffer>, position: number, options?: ReadOptions) => {
          this.signals.push(options?.signal)
          const given = await give(position, position + target.byteLength, options?.signal)
          target.set(given)
          return given.byteLength
        },
      }),
      close: () => {
        if (isClosed) this.closedTwice++
        if (reading > 0) this.closedWhileReading++
        isClosed = true
        this.openCount--
      },
    }
  }
}

/** An origin with one key, `film`, of this many bytes. */
export function filmOrigin(length: number, options: OriginOptions = {}): Origin {
  const origin = new Origin(options)
  origin.put('film', positionBytes(length), 'v1')
  return origin
}
