import { andThen, byteLength } from '@rangekit/range-core'
import type { HeldBlock } from '../block-store.ts'
import { Block, type Loading } from './block.ts'
import type { Lease } from './lease.ts'
import { receive } from './receive.ts'
import type { Version } from './version.ts'

function notWanted(): Error {
  return new Error('Nobody waits for the block')
}

/** What to load. */
export interface LoadOptions {
  readonly first: number
  /** The last block that is wanted. Those behind the first one are loaded up to the next that is there already. */
  readonly last: number
  /** Whether no reader has asked for these blocks yet. */
  readonly isAhead: boolean
  /** Whether to look for the first block in the store. */
  readonly looks: boolean
}

/**
 * Brings a run of missing blocks: the first one from the store if it is there, else all of them with one read of the
 * source, for everybody who waits for one of them. It ends early when no reader is left: at once if the last one has
 * left, or after the block that a reader has read from if that one was satisfied. Blocks that have come whole are kept.
 */
export class Load implements Loading {
  readonly first: number
  last: number
  /** The first block. */
  readonly block: Block
  readonly #version: Version
  readonly #lease: Lease
  readonly #options: LoadOptions
  /** Who is interested, and the last block that each has read from; -1 for none. */
  readonly #readers = new Map<object, number>()
  readonly #abort = new AbortController()
  /** The blocks that are still to come. */
  #coming: Block[] = []
  /** The last block that is completed for a reader that has read from it. */
  #completeThrough = -1
  #isOver = false

  constructor(version: Version, lease: Lease, options: LoadOptions) {
    this.first = options.first
    this.last = options.first
    this.#version = version
    this.#lease = lease
    this.#options = options
    this.block = this.#claim(options.first)
  }

  /** Begins. The one who asked for it has joined. */
  begin(): void {
    const { store } = this.#version.shared
    this.#lease.hold()
    const name = this.#version.nameOf(this.first)
    if (store === undefined || !this.#options.looks || store.has(name) === false) this.#fetch()
    else andThen(store.take(name), (held) => this.#found(held))
  }

  join(reader: object): void {
    this.#readers.set(reader, -1)
  }

  read(reader: object, index: number): void {
    const before = this.#readers.get(reader)
    if (before !== undefined && index > before && index <= this.last) this.#readers.set(reader, index)
  }

  leave(reader: object, isGone: boolean): void {
    const read = this.#readers.get(reader)
    if (read === undefined) return
    this.#readers.delete(reader)
    if (!isGone) this.#completeThrough = Math.max(this.#completeThrough, read)
    if (this.#readers.size > 0 || this.#isOver) return
    this.#drop((block) => block.index > this.#completeThrough)
    if (this.#coming.length === 0) this.#stop()
  }

  #claim(index: number): Block {
    const block = new Block(this.#version, index, this.#version.lengthOf(index), this)
    this.#version.add(block)
    this.#coming.push(block)
    this.last = index
    return block
  }

  /** Goes on when the store has answered. */
  #found(held: HeldBlock | undefined): void {
    if (held === undefined && !this.#isOver) {
      this.#fetch()
      return
    }
    const [block] = this.#coming
    this.#coming = []
    if (block !== undefined && block.readers > 0 && held !== undefined) block.hold(held)
    else {
      held?.release()
      block?.fail(notWanted())
    }
    this.#end()
  }

  /** Reads as many blocks as are wanted and missing. */
  #fetch(): void {
    const { shared } = this.#version
    const last = Math.min(this.#options.last, this.first + shared.maxRun - 1)
    for (let index = this.first + 1; index <= last && this.#version.isMissing(index); index++)
      this.#claim(index)
    void this.#read()
  }

  async #read(): Promise<void> {
    const range = this.#version.rangeOf(this.first, this.last)
    const { key, shared } = this.#version
    const blocks = [this.first, this.last] as const
    let bytes = 0
    let fault: unknown
    try {
      await receive(this.#lease.representation, range, {
        signal: this.#abort.signal,
        next: () => this.#next(),
        advance: (block, count) => {
          bytes += count
          this.#advance(block, count)
        },
      })
      const missing = byteLength(range) - bytes
      fault = new Error(`The source of bytes ${range.firstPos}-${range.lastPos} ended ${missing} bytes early`)
    } catch (error) {
      fault = error
    }
    this.#drop(() => true, fault)
    shared.emit?.({ kind: 'fetch', key, blocks, bytes, isAhead: this.#options.isAhead })
    this.#end()
  }

  /** The block that comes next, with room for its bytes. */
  #next(): Block | undefined {
    const [block] = this.#coming
    if (block !== undefined && block.bytes.byteLength === 0) {
      this.#version.shared.memory.reserve(block.length)
      block.bytes = new Uint8Array(block.length)
    }
    return block
  }

  #advance(block: Block, count: number): void {
    if (block.filled + count === block.length) {
      this.#coming.shift()
      block.load = undefined
      this.#keep(block)
    }
    block.advance(count)
  }

  #keep(block: Block): void {
    const { memory, store } = this.#version.shared
    memory.release(block.length)
    memory.add(block)
    if (store === undefined) {
      block.forgetIfUnkept()
      return
    }
    // Found here until it can be found there.
    block.isStoring = true
    andThen(store.put(this.#version.nameOf(block.index), block.bytes), () => {
      block.isStoring = false
      block.forgetIfUnkept()
    })
  }

  /** Blocks that will not come. */
  #drop(isDropped: (block: Block) => boolean, fault: unknown = notWanted()): void {
    const dropped = this.#coming.filter(isDropped)
    if (dropped.length === 0) return
    this.#coming = this.#coming.filter((block) => !dropped.includes(block))
    for (const block of dropped) {
      if (block.bytes.byteLength > 0) this.#version.shared.memory.release(block.length)
      block.fail(fault)
    }
  }

  #stop(): void {
    this.#isOver = true
    this.#abort.abort(new Error('Nobody waits for these bytes'))
  }

  #end(): void {
    this.#isOver = true
    const release = async () => this.#lease.release()
    release().catch((error) => this.#version.shared.emit?.({ kind: 'fault', error }))
  }
}
