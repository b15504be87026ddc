import {
  type ByteRange,
  byteLength,
  type MaybePromise,
  type RangeBytes,
  type ReadOptions,
  type Representation,
} from '@rangekit/range-core'
import { Lease } from '../blocks/lease.ts'
import type { Version } from '../blocks/version.ts'
import { Cursor } from './cursor.ts'
import { OpenedInfo } from './opened-info.ts'
import { ReadAhead } from './read-ahead.ts'

/** How much of a range is cached, as far as that is known at once; `bypass` if the representation is not cached. */
export type Cached = 'all' | 'some' | 'none' | 'bypass'

/** The most bytes that are read in one piece from blocks that are not in memory. */
const MAX_WHOLE = 64 * 1024
/** How many blocks of a range are looked at. */
const MAX_LOOK = 1024

/** An open version, read through the blocks that are kept of it. */
export class CachedRepresentation extends OpenedInfo implements Representation {
  declare readonly completeLength: number
  readonly #version: Version
  readonly #lease: Lease
  readonly #ahead: ReadAhead
  /** For reads that follow one another. */
  readonly #cursor: Cursor
  /** For streams, and for reads at the same time as others. */
  #others: Set<Cursor> | undefined = undefined
  #isClosed = false

  constructor(version: Version, opened: Representation) {
    super(opened)
    this.#version = version
    this.#lease = new Lease(opened)
    this.#ahead = new ReadAhead(version.shared.readAhead, version.shared.blockSize)
    this.#cursor = new Cursor(version, this.#lease, this.#ahead)
    version.enter()
  }

  read(range: ByteRange, options?: ReadOptions): MaybePromise<RangeBytes> {
    this.#throwIfClosed()
    const { firstPos, lastPos } = range
    const length = byteLength(range)
    const version = this.#version
    const index = version.indexOf(firstPos)
    if (index === version.indexOf(lastPos) && version.find(index)?.isInMemory && !this.#cursor.isBusy) {
      const bytes = this.#cursor.view(firstPos, length, lastPos)
      if (bytes?.byteLength === length) return bytes
    }
    const cursor = this.#open()
    return length <= MAX_WHOLE
      ? this.#readWhole(cursor, range, options)
      : this.#stream(cursor, range, options)
  }

  readInto(target: Uint8Array<ArrayBuffer>, position: number, options?: ReadOptions): MaybePromise<number> {
    this.#throwIfClosed()
    const space = Math.min(target.byteLength, this.completeLength - position)
    if (space <= 0) return 0
    const room = space === target.byteLength ? target : target.subarray(0, space)
    const lastPos = position + space - 1
    if (!this.#cursor.isBusy) return this.#cursor.copy(room, position, lastPos, options)
    const cursor = this.#open()
    const reading = async () => cursor.copy(room, position, lastPos, options)
    return reading().finally(() => this.#end(cursor, false))
  }

  peek(position: number, limit: number): Uint8Array<ArrayBuffer> | undefined {
    this.#throwIfClosed()
    const most = Math.min(limit, this.completeLength - position)
    if (most <= 0 || this.#cursor.isBusy) return undefined
    return this.#cursor.view(position, most, position + most - 1)
  }

  close(): MaybePromise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#cursor.end(false)
    for (const cursor of this.#others ?? []) cursor.end(true)
    this.#others = undefined
    this.#version.exit()
    return this.#lease.release()
  }

  /** How much of a range is in memory or in the store. What is on its way does not count. */
  cached({ firstPos, lastPos }: ByteRange): Cached {
    const version = this.#version
    const { store } = version.shared
    const first = version.indexOf(firstPos)
    const last = Math.min(version.indexOf(lastPos), first + MAX_LOOK - 1)
    let hits = 0
    for (let index = first; index <= last; index++) {
      const block = version.find(index)
      const isThere =
        block === undefined ? store?.has(version.nameOf(index)) === true : block.load === undefined
      if (isThere) hits++
      if (hits > 0 && hits <= index - first) return 'some'
    }
    return hits === 0 ? 'none' : 'all'
  }

  #throwIfClosed(): void {
    if (this.#isClosed) throw new Error('The representation is closed')
  }

  #open(): Cursor {
    const cursor = new Cursor(this.#version, this.#lease, this.#ahead)
    this.#others ??= new Set()
    this.#others.add(cursor)
    return cursor
  }

  #end(cursor: Cursor, isGone: boolean): void {
    if (this.#others?.delete(cursor)) cursor.end(isGone)
  }

  async #readWhole(
    cursor: Cursor,
    { firstPos, lastPos }: ByteRange,
    options: ReadOptions | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const target = new Uint8Array(lastPos - firstPos + 1)
      for (let position = firstPos; position <= lastPos; ) {
        position += await cursor.copy(target.subarray(position - firstPos), position, lastPos, options)
      }
      return target
    } finally {
      this.#end(cursor, false)
    }
  }

  /** Begins when the first bytes have come: what fails before can still be answered for. */
  async #stream(cursor: Cursor, range: ByteRange, options: ReadOptions | undefined): Promise<RangeBytes> {
    const end = (isGone: boolean) => this.#end(cursor, isGone)
    try {
      const first = await cursor.next(range.firstPos, range.lastPos, options)
      if (first.byteLength < byteLength(range)) return streamOf(cursor, range, options, first, end)
      end(false)
      return first
    } catch (error) {
      end(true)
      throw error
    }
  }
}

/** The rest of a range as a stream, block by block as they come. Nothing is read before it is pulled. */
function streamOf(
  cursor: Cursor,
  { firstPos, lastPos }: ByteRange,
  options: ReadOptions | undefined,
  first: Uint8Array<ArrayBuffer>,
  end: (isGone: boolean) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let ready: Uint8Array<ArrayBuffer> | undefined = first
  let position = firstPos
  let isCancelled = false
  const next = () => {
    if (cursor.hasEnded) throw options?.signal?.reason ?? new Error('The representation is closed')
    return cursor.next(position, lastPos, options)
  }
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const bytes = ready ?? (await next())
          if (isCancelled) return
          ready = undefined
          position += bytes.byteLength
          controller.enqueue(bytes)
          if (position <= lastPos) return
          controller.close()
          end(false)
        } catch (error) {
          end(true)
          if (!isCancelled) controller.error(error)
        }
      },
      cancel() {
        isCancelled = true
        end(true)
      },
    },
    { highWaterMark: 0 },
  )
}
