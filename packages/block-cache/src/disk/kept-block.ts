import { type ReadableFile, readInto } from '@rangekit/node-fs-source/read'
import type { MaybePromise } from '@rangekit/range-core'
import type { HeldBlock } from '../block-store.ts'
import type { FoundBlock } from './scan.ts'

/** Whoever keeps a block. */
export interface Keeper {
  /** The last one that held a block has released it. */
  onIdle(block: KeptBlock): void
  /** A block could not be read. */
  onDamage(block: KeptBlock): void
}

/** A block in a file. All who read it share this object, and its descriptor while it is open. */
export class KeptBlock implements HeldBlock {
  /** Of its file, below the folder of all blocks. */
  readonly path: string
  readonly length: number
  /** When it was last used, in milliseconds since the epoch. */
  usedAt: number
  /** The same time as its file has it. */
  savedAt: number
  /** Whether the content of its file is known to be right. */
  isChecked: boolean
  /** How many hold it, or wait for it to be opened. It is not evicted while there are any. */
  users = 0
  file: ReadableFile | undefined
  /** While its file is being opened. */
  opening: Promise<ReadableFile | undefined> | undefined
  readonly #keeper: Keeper

  constructor({ path, length, usedAt }: FoundBlock, isChecked: boolean, keeper: Keeper) {
    this.path = path
    this.length = length
    this.usedAt = usedAt
    this.savedAt = usedAt
    this.isChecked = isChecked
    this.#keeper = keeper
  }

  readInto(target: Uint8Array<ArrayBuffer>, offset: number): MaybePromise<number> {
    const rest = this.length - offset
    if (rest <= 0 || this.file === undefined) return 0
    try {
      // The checksum behind the block is not part of it.
      const space = target.byteLength > rest ? target.subarray(0, rest) : target
      const count = readInto(this.file, space, offset)
      return count instanceof Promise ? this.#settle(count) : this.#expect(count)
    } catch (error) {
      this.#keeper.onDamage(this)
      throw error
    }
  }

  release(): void {
    this.users--
    if (this.users === 0) this.#keeper.onIdle(this)
  }

  async #settle(reading: Promise<number>): Promise<number> {
    try {
      return this.#expect(await reading)
    } catch (error) {
      this.#keeper.onDamage(this)
      throw error
    }
  }

  #expect(count: number): number {
    if (count === 0) throw new Error(`The file of a block was cut short: ${this.path}`)
    return count
  }
}
