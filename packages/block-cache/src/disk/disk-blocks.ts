import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '@rangekit/node-fs-source/read'
import type { MaybePromise } from '@rangekit/range-core'
import type { BlockId, BlockStore, HeldBlock } from '../block-store.ts'
import { BlockFolder } from './block-folder.ts'
import { readOthers } from './other-shares.ts'
import { claim, type Owner, wasClaimed } from './owner.ts'
import { scanBlocks } from './scan.ts'

/** Options of {@link diskBlocks}. */
export interface DiskBlocksOptions {
  /** Where to keep the blocks. Created if there is none; other files in it are left alone. */
  readonly dir: string
  /**
   * The most bytes that the files of all blocks take, those that are being written included: a block and four bytes
   * each. Directories, and what the file system needs besides, come on top.
   */
  readonly maxBytes: number
  /**
   * How many processes use the folder at the same time. Each keeps its own blocks in a sub-folder, with an equal share
   * of `maxBytes`, and copies those of the others. Further processes keep nothing. Default: 1.
   */
  readonly shares?: number
  /** How many files of blocks may stay open while nobody reads them. Default: 256. */
  readonly maxOpenFiles?: number
  /**
   * Called when blocks cannot be kept, for example because the disk is full: once, until they can be again. It is tried
   * again every ten seconds. Default: nothing is reported.
   */
  readonly onFault?: (error: unknown) => void
}

/** Blocks on disk, as {@link diskBlocks} returns them. */
export interface DiskBlocks extends BlockStore {
  /** Bytes that the files of this process's share take now. */
  readonly size: number
  /** Writes what is waiting, saves the order of use, and releases the folder. Nothing is kept after that. */
  close(): Promise<void>
}

/** After a fault, nothing is written for so many milliseconds. */
const RETRY_AFTER_MS = 10_000

/**
 * Keeps blocks in the files of a folder. They outlive the process: the next one finds them, and evicts first what was
 * not used for longest.
 *
 * Each block is one file, written aside and then renamed, so it is whole whenever the process dies. Files are not
 * flushed to the disk; instead, each carries a checksum that is compared when it is first opened after a restart. What
 * does not match, and what has the wrong length, is removed and counts as not kept.
 *
 * Use a folder of this machine: on a network file system, hosts cannot tell whether the others are alive.
 *
 * @returns also if the folder cannot be used: then `onFault` is called, and nothing is kept until it can be.
 * @throws RangeError where `maxBytes`, `shares` or `maxOpenFiles` is not a whole number in its range.
 * @example
 * const store = await diskBlocks({ dir: './cache', maxBytes: 10 * 1024 ** 3, onFault: console.error })
 * await store.put({ version: 'film.mp4 "v1"', index: 0, length: 3 }, new Uint8Array([1, 2, 3]))
 * console.log(store.size) // 7
 * await store.close()
 */
export async function diskBlocks(options: DiskBlocksOptions): Promise<DiskBlocks> {
  const { dir, maxBytes, shares = 1, maxOpenFiles = 256, onFault = () => {} } = options
  requireCount('maxBytes', maxBytes, 0)
  requireCount('shares', shares, 1)
  requireCount('maxOpenFiles', maxOpenFiles, 0)
  const blocks = new SharedFolder({ dir, maxBytes, shares, maxOpenFiles, onFault })
  await blocks.open()
  return blocks
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RangeError(`${name} must be a whole number from ${least} on, not ${value}`)
}

/** The share of a folder that this process has, once there is one. */
interface Share {
  readonly number: number
  readonly owner: Owner
  readonly blocks: BlockFolder
}

class SharedFolder implements DiskBlocks {
  readonly #options: Required<DiskBlocksOptions>
  #share: Share | undefined
  #opening: Promise<void> | undefined
  #isFailing = false
  /** When to try again, by `performance.now()`. */
  #retryAt = 0
  #closed = false

  constructor(options: Required<DiskBlocksOptions>) {
    this.#options = options
  }

  get size(): number {
    return this.#share?.blocks.size ?? 0
  }

  has(id: BlockId): boolean | undefined {
    const blocks = this.#share?.blocks
    if (blocks === undefined) return false
    return blocks.has(blocks.pathOf(id)) || (this.#options.shares > 1 ? undefined : false)
  }

  take(id: BlockId): MaybePromise<HeldBlock | undefined> {
    const blocks = this.#share?.blocks
    if (blocks === undefined) return undefined
    const path = blocks.pathOf(id)
    if (blocks.has(path) || this.#options.shares === 1) return blocks.take(path)
    return this.#takeFromOthers(id, path)
  }

  put(id: BlockId, bytes: Uint8Array<ArrayBuffer>): MaybePromise<void> {
    if (this.#closed || bytes.byteLength !== id.length || performance.now() < this.#retryAt) return
    const blocks = this.#share?.blocks
    if (blocks !== undefined) return blocks.put(blocks.pathOf(id), bytes)
    void this.open()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#opening
    await this.#leave()
  }

  /** Takes a share that is free. Never rejects. */
  open(): Promise<void> {
    this.#opening ??= this.#open()
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#opening = undefined
      })
    return this.#opening
  }

  async #open(): Promise<void> {
    const { dir, shares, maxBytes, maxOpenFiles } = this.#options
    for (let number = 0; number < shares; number++) {
      const folder = join(dir, String(number))
      const owner = await claim(folder, (error) => this.#fail(error, true))
      if (owner === undefined) continue
      try {
        const blocks = await BlockFolder.open({
          folder,
          maxBytes: Math.floor(maxBytes / shares),
          maxOpenFiles,
          onFault: (error) => this.#fail(error),
          onWritten: () => {
            this.#isFailing = false
          },
        })
        this.#share = { number, owner, blocks }
      } catch (error) {
        await owner.release()
        throw error
      }
      await removeSurplus(dir, shares)
      return
    }
    throw new Error(`Other processes use all shares of ${dir}`)
  }

  async #takeFromOthers(id: BlockId, path: string): Promise<HeldBlock | undefined> {
    const { dir, shares } = this.#options
    const others = Array.from({ length: shares }, (_, number) => number).filter(
      (n) => n !== this.#share?.number,
    )
    const block = await readOthers(
      others.map((number) => join(dir, String(number))),
      path,
      id.length,
    )
    if (block !== undefined) void this.put(id, block.bytes)
    return block
  }

  /** Reports a fault, unless it follows another one. */
  #fail(error: unknown, isLost = errorCode(error) === 'ENOENT'): void {
    this.#retryAt = performance.now() + RETRY_AFTER_MS
    if (isLost) void this.#leave()
    if (this.#isFailing || this.#closed) return
    this.#isFailing = true
    // An error in the listener must not become one of a reader.
    queueMicrotask(() => this.#options.onFault(error))
  }

  async #leave(): Promise<void> {
    const share = this.#share
    this.#share = undefined
    await share?.blocks.close()
    await share?.owner.release()
  }
}

/** Removes the blocks of shares that there are no longer, unless a process still uses them. */
async function removeSurplus(dir: string, shares: number): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true })
  const isSurplus = (name: string) => /^\d{1,9}$/.test(name) && Number(name) >= shares
  for (const entry of entries.filter((each) => each.isDirectory() && isSurplus(each.name))) {
    const folder = join(dir, entry.name)
    // Perhaps the photos of 2024.
    if (!(await wasClaimed(folder))) continue
    const owner = await claim(folder, () => {})
    if (owner === undefined) continue
    for (const { path } of await scanBlocks(folder)) await rm(join(folder, path), { force: true })
    await owner.release()
  }
}
