import { LRUCache } from 'lru-cache'
import type { CacheListener } from '../events.ts'
import type { Block } from './block.ts'

/** Blocks in memory, the least recently read one dropped first. Those that are still arriving count as well. */
export class MemoryBlocks {
  readonly #limit: number
  readonly #blocks: LRUCache<Block, Block> | undefined
  #arriving = 0

  /** @param limit bytes in all blocks together; 0: none is kept. */
  constructor(limit: number, emit: CacheListener | undefined) {
    this.#limit = limit
    if (limit === 0) return
    this.#blocks = new LRUCache({
      maxSize: limit,
      sizeCalculation: (block) => block.length,
      dispose(block, _, reason) {
        block.isKept = false
        block.forgetIfUnkept()
        if (reason === 'evict') emit?.({ kind: 'evict', bytes: block.length, from: 'memory' })
      },
    })
  }

  /** Bytes in all blocks, those that are arriving included. */
  get size(): number {
    return (this.#blocks?.calculatedSize ?? 0) + this.#arriving
  }

  /** Makes room for a block that begins to arrive. */
  reserve(bytes: number): void {
    this.#arriving += bytes
    this.#trim()
  }

  /** The opposite of `reserve`, when the block has come or will not come. */
  release(bytes: number): void {
    this.#arriving -= bytes
  }

  /** Keeps a block that is whole, if there is room for it. */
  add(block: Block): void {
    if (this.#blocks === undefined || block.length + this.#arriving > this.#limit) return
    block.isKept = true
    this.#blocks.set(block, block)
    this.#trim()
  }

  /** Notes that a block is being read. */
  touch(block: Block): void {
    this.#blocks?.get(block)
  }

  #trim(): void {
    const blocks = this.#blocks
    if (blocks === undefined) return
    while (blocks.size > 0 && this.size > this.#limit) blocks.pop()
  }
}
