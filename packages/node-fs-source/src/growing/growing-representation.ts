import {
  andThen,
  type ByteRange,
  type EntityTag,
  isOpenEnded,
  type MaybePromise,
  type RangeBytes,
  type ReadOptions,
  type Representation,
} from '@rangekit/range-core'
import type { Reader } from '../read/adaptive-read.ts'
import type { ReadableFile } from '../read/read-into.ts'
import { readInto } from '../read/read-into.ts'
import type { Growth } from './progress/growth.ts'

/** A file that grows, and that is shared. */
export interface SharedGrowth {
  readonly file: ReadableFile
  readonly growth: Growth
  readonly etag: EntityTag
  whenThere(position: number, options?: ReadOptions): Promise<void> | undefined
  /** Learns, in the background, how far the file is by now, if that is not known anyway. */
  refresh?(): void
  /** Throws if bytes that were just read are not those that were written at a position. Default: they are. */
  verify?(bytes: Uint8Array, position: number, reader: Reader): MaybePromise<void>
  release(): void
}

/** The most bytes in one piece of a stream. */
const PIECE = 64 * 1024

/** A file that is being written. What is still to come is waited for. */
export class GrowingRepresentation implements Representation {
  readonly completeLength: number | undefined
  readonly contentType: string | undefined
  readonly etag: EntityTag
  readonly cacheControl: string | undefined
  /** Whether `close` was called. */
  closed = false
  readonly #shared: SharedGrowth

  constructor(shared: SharedGrowth, contentType: string | undefined) {
    this.#shared = shared
    this.completeLength = shared.growth.completeLength
    this.contentType = contentType
    this.etag = shared.etag
    // A cache could not tell a part from the whole.
    this.cacheControl = this.completeLength === undefined ? 'no-store' : undefined
  }

  get isComplete(): boolean {
    this.#refresh()
    return this.#shared.growth.isComplete
  }

  get frontier(): number {
    this.#refresh()
    return this.#shared.growth.frontier
  }

  whenThere(position: number, options?: ReadOptions): Promise<void> | undefined {
    if (this.closed) return Promise.reject(new Error('Read after close'))
    return this.#shared.whenThere(position, options)
  }

  readInto(
    target: Uint8Array<ArrayBuffer>,
    position: number,
    options?: ReadOptions,
  ): number | Promise<number> {
    const waiting = this.whenThere(position, options)
    return waiting === undefined
      ? this.#readThere(target, position)
      : waiting.then(() => this.#readThere(target, position))
  }

  /** A stream in any case: its head is sent before its first byte is there. */
  read(range: ByteRange, options?: ReadOptions): RangeBytes {
    const end = isOpenEnded(range) ? Number.POSITIVE_INFINITY : range.lastPos + 1
    const left = new AbortController()
    const signal = options?.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
    let position = range.firstPos
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          // Nothing is allocated while it waits.
          await this.whenThere(position, { signal })
          const length = Math.min(PIECE, end - position, Math.max(1, this.frontier - position))
          const bytes = new Uint8Array(length)
          const count = await this.readInto(bytes, position, { signal })
          position += count
          if (count > 0) controller.enqueue(bytes.subarray(0, count))
          if (count === 0 || position === end) controller.close()
        },
        cancel: (reason) => left.abort(reason),
      },
      { highWaterMark: 0 },
    )
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#shared.release()
  }

  #refresh(): void {
    if (!this.closed) this.#shared.refresh?.()
  }

  #readThere(target: Uint8Array<ArrayBuffer>, position: number): number | Promise<number> {
    const { file, growth } = this.#shared
    if (growth.isCut) throw growth.failure
    const there = growth.frontier - position
    // Only at the end of one whose length nobody knew.
    if (there <= 0) return 0
    const into = target.byteLength > there ? target.subarray(0, there) : target
    return andThen(readInto(file, into, position, this), (count) => {
      if (count === 0) throw new Error('The file was cut while it was written')
      return andThen(this.#shared.verify?.(into.subarray(0, count), position, this), () => count)
    })
  }
}
