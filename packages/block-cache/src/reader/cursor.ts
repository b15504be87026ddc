import type { MaybePromise, ReadOptions } from '@rangekit/range-core'
import type { HeldBlock } from '../block-store.ts'
import type { Block, Loading } from '../blocks/block.ts'
import type { Lease } from '../blocks/lease.ts'
import { Load, type LoadOptions } from '../blocks/load.ts'
import type { Version } from '../blocks/version.ts'
import type { ReadAhead } from './read-ahead.ts'

/** The most bytes of a stream that are copied at once from a block that is not in memory. */
const MAX_PIECE = 256 * 1024

/**
 * A place in a version that one reader reads on from. What is missing there is loaded, and what comes next. One read at
 * a time: a second one needs another cursor.
 */
export class Cursor {
  readonly #version: Version
  readonly #lease: Lease
  readonly #ahead: ReadAhead
  #block: Block | undefined = undefined
  /** Whether the block was in memory when the reader came to it. */
  #wasInMemory = false
  /** How many bytes of the block were read, and where the last read began and ended. */
  #read = 0
  #readFrom = 0
  #readTo = 0
  #loads: Loading[] = []
  /** The signal of the reads that had to wait. */
  #signal: AbortSignal | undefined = undefined
  #abortWait: ((reason: unknown) => void) | undefined = undefined
  #waiting = 0
  /** Counts how often it has ended. */
  #ends = 0

  constructor(version: Version, lease: Lease, ahead: ReadAhead) {
    this.#version = version
    this.#lease = lease
    this.#ahead = ahead
  }

  /** Whether a read is under way. */
  get isBusy(): boolean {
    return this.#waiting > 0
  }

  /** Whether it has left. Another read would enter again. */
  get hasEnded(): boolean {
    return this.#ends > 0
  }

  /**
   * Bytes from a position on that are in memory, at most `limit`. What is missing is loaded.
   *
   * @param lastPos the last position that will be wanted.
   */
  view(position: number, limit: number, lastPos: number): Uint8Array<ArrayBuffer> | undefined {
    const block = this.#enter(position, lastPos)
    const offset = this.#offsetIn(block, position)
    if (block.filled <= offset) return undefined
    const bytes = block.bytes.subarray(offset, Math.min(offset + limit, block.filled))
    this.#note(position, bytes.byteLength, lastPos)
    return bytes
  }

  /** Copies bytes to the front of `target`: at least one, and none past the end of a block. */
  copy(
    target: Uint8Array<ArrayBuffer>,
    position: number,
    lastPos: number,
    options: ReadOptions | undefined,
  ): MaybePromise<number> {
    const bytes = this.view(position, target.byteLength, lastPos)
    if (bytes !== undefined) {
      target.set(bytes)
      return bytes.byteLength
    }
    const block = this.#enter(position, lastPos)
    if (block.held === undefined) return this.#copyLater(block, target, position, lastPos, options)
    return this.#copyHeld(block, block.held, target, position, lastPos, options)
  }

  /** The next bytes of a stream: a view if they are in memory. */
  async next(
    position: number,
    lastPos: number,
    options: ReadOptions | undefined,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const limit = lastPos - position + 1
    for (;;) {
      const bytes = this.view(position, limit, lastPos)
      if (bytes !== undefined) return bytes
      const block = this.#enter(position, lastPos)
      if (block.held !== undefined) {
        const rest = block.length - this.#offsetIn(block, position)
        const target = new Uint8Array(Math.min(limit, rest, MAX_PIECE))
        return target.subarray(0, await this.copy(target, position, lastPos, options))
      }
      await this.#change(block, options)
    }
  }

  /**
   * Leaves the block and what is being loaded.
   *
   * @param isGone whether the reader left before it had what it wanted.
   */
  end(isGone: boolean): void {
    this.#exit()
    const gone = isGone || this.#signal?.aborted === true
    for (const load of this.#loads) load.leave(this, gone)
    this.#loads = []
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#signal = undefined
    this.#ends++
  }

  /**
   * Goes to the block that a position is in, which may still be on its way.
   *
   * @param looks whether a block that is missing may be in the store.
   */
  #enter(position: number, lastPos: number, looks = true): Block {
    const version = this.#version
    const index = version.indexOf(position)
    const current = this.#block
    if (current !== undefined && current.index === index && current.fault === undefined) return current
    this.#exit()
    const { memory, maxRun } = version.shared
    const end = version.completeLength - 1
    const wanted = version.indexOf(Math.min(lastPos, end)) - index
    const near = this.#ahead.goesOn ? version.indexOf(end) - index : wanted
    const window = Math.min(this.#ahead.blocksAt(position), maxRun - 1, near)
    let block = version.find(index)
    if (block === undefined) {
      const last = index + (wanted < maxRun ? Math.max(wanted, window) : window)
      block = this.#load({ first: index, last, isAhead: false, looks })
    } else {
      block.enter()
      if (block.load !== undefined) this.#join(block.load)
      else memory.touch(block)
    }
    this.#block = block
    this.#wasInMemory = block.isInMemory
    if (window > 0) this.#loadAhead(index + 1, index + window)
    this.#leavePassed(index, index + window)
    return block
  }

  #load(options: LoadOptions): Block {
    const load = new Load(this.#version, this.#lease, options)
    this.#join(load)
    if (!options.isAhead) load.block.enter()
    load.begin()
    return load.block
  }

  /** Loads the next blocks if the first of them is missing: so there is always one on its way. */
  #loadAhead(first: number, last: number): void {
    if (this.#version.isMissing(first)) this.#load({ first, last, isAhead: true, looks: false })
  }

  #join(load: Loading): void {
    if (this.#loads.includes(load)) return
    load.join(this)
    this.#loads.push(load)
  }

  #leavePassed(index: number, last: number): void {
    if (this.#loads.length === 0) return
    this.#loads = this.#loads.filter((load) => {
      const isNear = load.last >= index && load.first <= last
      if (!isNear) load.leave(this, false)
      return isNear
    })
  }

  #exit(): void {
    const block = this.#block
    if (block === undefined) return
    const bytes = this.#read
    this.#block = undefined
    this.#read = 0
    this.#readFrom = 0
    this.#readTo = 0
    if (bytes > 0) {
      const { key, shared } = this.#version
      const from = this.#wasInMemory ? 'memory' : block.held !== undefined ? 'store' : undefined
      if (from !== undefined) shared.emit?.({ kind: 'hit', key, block: block.index, bytes, from })
      for (const load of this.#loads) load.read(this, block.index)
    }
    block.exit()
  }

  #note(position: number, count: number, lastPos: number): void {
    this.#ahead.note(position, count, lastPos)
    const isNext = position >= this.#readFrom && position <= this.#readTo
    this.#read += Math.max(0, position + count - (isNext ? this.#readTo : position))
    this.#readFrom = position
    this.#readTo = position + count
  }

  #offsetIn(block: Block, position: number): number {
    return position - block.index * this.#version.shared.blockSize
  }

  /** Waits until there is something to copy. Nobody else may move the cursor meanwhile. */
  async #copyLater(
    block: Block,
    target: Uint8Array<ArrayBuffer>,
    position: number,
    lastPos: number,
    options: ReadOptions | undefined,
  ): Promise<number> {
    this.#waiting++
    try {
      await this.#change(block, options)
      return await this.copy(target, position, lastPos, options)
    } finally {
      this.#waiting--
    }
  }

  #copyHeld(
    block: Block,
    held: HeldBlock,
    target: Uint8Array<ArrayBuffer>,
    position: number,
    lastPos: number,
    options: ReadOptions | undefined,
  ): MaybePromise<number> {
    const offset = this.#offsetIn(block, position)
    const done = (count: number) => {
      this.#waiting--
      block.exit()
      if (this.#block !== block) return count
      if (count === 0) return failed(new Error(`Block ${block.index} of ${this.#version.key} ended early`))
      this.#note(position, count, lastPos)
      return count
    }
    /** What the store can no longer read is fetched. */
    const failed = (error: unknown) => {
      this.#version.shared.emit?.({ kind: 'fault', error })
      block.fail(error)
      this.#enter(position, lastPos, false)
      return this.copy(target, position, lastPos, options)
    }
    const threw = (error: unknown) => {
      this.#waiting--
      block.exit()
      return failed(error)
    }
    this.#waiting++
    block.enter()
    try {
      const count = held.readInto(target.subarray(0, block.length - offset), offset)
      return count instanceof Promise ? count.then(done, threw) : done(count)
    } catch (error) {
      return threw(error)
    }
  }

  /** Resolves when more of a block is there, or rejects if no more will come, or nobody waits for it any more. */
  async #change(block: Block, options: ReadOptions | undefined): Promise<void> {
    const signal = options?.signal
    this.#watch(signal)
    const ends = this.#ends
    try {
      await new Promise<void>((resolve, reject) => {
        const forget = block.onChange(resolve)
        this.#abortWait = (reason) => {
          forget()
          reject(reason)
        }
      })
    } finally {
      this.#abortWait = undefined
    }
    if (this.#ends !== ends) throw signal?.aborted ? signal.reason : new Error('The reader has left')
    if (block.fault !== undefined) throw block.fault.error
  }

  /** From now on until the end, an abort makes the reader leave. */
  #watch(signal: AbortSignal | undefined): void {
    if (signal === this.#signal) return
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#signal = signal
    signal?.throwIfAborted()
    signal?.addEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = () => {
    // First: without its last reader a load ends, and so does the wait for its block, with another error.
    this.#abortWait?.(this.#signal?.reason)
    this.end(true)
  }
}
