import type { ByteRange } from '@rangekit/range-core'
import type { BlockId } from '../block-store.ts'
import type { CacheListener } from '../events.ts'
import type { Block, BlockOwner } from './block.ts'
import type { GuardedStore } from './guarded-store.ts'
import type { MemoryBlocks } from './memory-blocks.ts'

/** What all versions in one cache share. */
export interface Shared {
  readonly blockSize: number
  /** The most blocks in one request. */
  readonly maxRun: number
  /** The most blocks that are fetched ahead of a reader. */
  readonly readAhead: number
  readonly memory: MemoryBlocks
  readonly store: GuardedStore | undefined
  readonly emit: CacheListener | undefined
}

/** One version of what a key names, and the blocks of it that are in memory, held, or on their way. */
export class Version implements BlockOwner {
  readonly shared: Shared
  readonly key: string
  readonly id: string
  /** Of its entity tag. */
  readonly opaque: string
  readonly completeLength: number
  /** How many representations of it are open. */
  #readers = 0
  readonly #blocks = new Map<number, Block>()
  readonly #onUnused: (version: Version) => void

  constructor(
    shared: Shared,
    about: Pick<Version, 'key' | 'id' | 'opaque' | 'completeLength'>,
    onUnused: (version: Version) => void,
  ) {
    this.shared = shared
    this.key = about.key
    this.id = about.id
    this.opaque = about.opaque
    this.completeLength = about.completeLength
    this.#onUnused = onUnused
  }

  enter(): void {
    this.#readers++
  }

  exit(): void {
    this.#readers--
    this.#settle()
  }

  /** The block that a position is in. */
  indexOf(position: number): number {
    return Math.floor(position / this.shared.blockSize)
  }

  /** The positions in a run of blocks. */
  rangeOf(first: number, last: number): ByteRange {
    const { blockSize } = this.shared
    return {
      firstPos: first * blockSize,
      lastPos: Math.min((last + 1) * blockSize, this.completeLength) - 1,
    }
  }

  lengthOf(index: number): number {
    const { firstPos, lastPos } = this.rangeOf(index, index)
    return lastPos - firstPos + 1
  }

  /** How the store knows a block. */
  nameOf(index: number): BlockId {
    return { version: this.id, index, length: this.lengthOf(index) }
  }

  /** Whether a block is neither here nor on its way, and is known not to be in the store. */
  isMissing(index: number): boolean {
    const { store } = this.shared
    return this.find(index) === undefined && (store === undefined || store.has(this.nameOf(index)) === false)
  }

  find(index: number): Block | undefined {
    return this.#blocks.get(index)
  }

  add(block: Block): void {
    this.#blocks.set(block.index, block)
  }

  forget(block: Block): void {
    if (this.#blocks.get(block.index) !== block) return
    this.#blocks.delete(block.index)
    this.#settle()
  }

  #settle(): void {
    if (this.#readers === 0 && this.#blocks.size === 0) this.#onUnused(this)
  }
}
