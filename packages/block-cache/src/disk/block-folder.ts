import { rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { closeFile, errorCode, type ReadableFile } from '@rangekit/node-fs-source/read'
import type { MaybePromise } from '@rangekit/range-core'
import type { BlockId, HeldBlock } from '../block-store.ts'
import { MemoryBlock } from '../memory-block.ts'
import { BlockPaths, fileLength, openBlock, writeBlock } from './block-file.ts'
import { type Keeper, KeptBlock } from './kept-block.ts'
import { asideName, type FoundBlock, scanBlocks } from './scan.ts'

/** Bytes of blocks that may wait to be written. Further ones are not kept: the disk is slower than the origin. */
const MAX_WAITING = 64 * 1024 * 1024
/**
 * Files that are written at once. Each takes several calls of the system, one after the other, and while a server is busy
 * each of these waits for a turn of the event loop.
 */
const MAX_WRITING = 4
/** For how many milliseconds the time of the last use is only kept in memory. */
const SAVE_AFTER_MS = 10_000
/** Times of uses differ by this at least, and so do the times of files: some systems keep whole microseconds. */
const TICK_MS = 0.01

export interface BlockFolderOptions {
  readonly folder: string
  readonly maxBytes: number
  readonly maxOpenFiles: number
  readonly onFault: (error: unknown) => void
  /** Called after a block was written. */
  readonly onWritten: () => void
}

/** The blocks in a folder that this process owns. Room is made for one file at a time. */
export class BlockFolder implements Keeper {
  readonly #options: BlockFolderOptions
  readonly #paths = new BlockPaths()
  /** By path, the one used longest ago first. */
  readonly #blocks = new Map<string, KeptBlock>()
  /** By path, those that wait to be written. */
  readonly #waiting = new Map<string, MemoryBlock>()
  #waitingBytes = 0
  readonly #writing = new Set<Promise<void>>()
  /** Blocks with an open file that nobody holds, the one released longest ago first. */
  readonly #idle = new Set<KeptBlock>()
  #openFiles = 0
  #size = 0
  #lastUse = 0
  #turn: Promise<void> = Promise.resolve()
  #closed = false

  private constructor(options: BlockFolderOptions, found: readonly FoundBlock[]) {
    this.#options = options
    for (const block of found) {
      this.#blocks.set(block.path, new KeptBlock(block, false, this))
      this.#size += fileLength(block.length)
    }
  }

  /** Finds what is there, and removes what is too much. */
  static async open(options: BlockFolderOptions): Promise<BlockFolder> {
    const folder = new BlockFolder(options, await scanBlocks(options.folder))
    await folder.#makeRoom(0)
    return folder
  }

  /** Bytes of all files, those that are being written included. */
  get size(): number {
    return this.#size
  }

  pathOf(id: BlockId): string {
    return this.#paths.pathOf(id)
  }

  has(path: string): boolean {
    return this.#blocks.has(path) || this.#waiting.has(path)
  }

  take(path: string): MaybePromise<HeldBlock | undefined> {
    const block = this.#blocks.get(path)
    if (block === undefined) return this.#waiting.get(path)
    this.#use(block)
    if (block.file === undefined) return this.#takeClosed(block)
    this.#idle.delete(block)
    return block
  }

  /** Keeps a block, or not: it does if there is room and time. Resolves when it is written. */
  put(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    const length = bytes.byteLength
    const isTooMuch = this.#waitingBytes > 0 && this.#waitingBytes + length > MAX_WAITING
    if (this.#closed || this.has(path) || isTooMuch || fileLength(length) > this.#options.maxBytes) return
    this.#waiting.set(path, new MemoryBlock(bytes))
    this.#waitingBytes += length
    const over = Promise.withResolvers<void>()
    void this.#inTurn(async () => {
      const writing = (await this.#hasRoom(fileLength(length))) ? this.#write(path, bytes) : Promise.resolve()
      const end = writing.catch(this.#options.onFault).then(() => {
        this.#writing.delete(end)
        this.#waiting.delete(path)
        this.#waitingBytes -= length
        over.resolve()
      })
      this.#writing.add(end)
    })
    return over.promise
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#inTurn(async () => {
      await Promise.all(this.#writing)
      for (const block of this.#idle) void this.#closeFileOf(block)
      const unsaved = [...this.#blocks.values()].filter(({ usedAt, savedAt }) => usedAt > savedAt)
      for (const block of unsaved) await this.#saveUse(block)
    })
  }

  onIdle(block: KeptBlock): void {
    if (block.file === undefined) return
    if (this.#closed || this.#blocks.get(block.path) !== block) {
      void this.#closeFileOf(block)
      return
    }
    this.#idle.add(block)
    this.#closeIdle(this.#options.maxOpenFiles)
  }

  onDamage(block: KeptBlock): void {
    if (this.#blocks.get(block.path) !== block) return
    this.#blocks.delete(block.path)
    void this.#inTurn(() => this.#erase(block).catch(this.#options.onFault))
  }

  async #takeClosed(block: KeptBlock): Promise<HeldBlock | undefined> {
    block.opening ??= this.#open(block).finally(() => {
      block.opening = undefined
    })
    const file = await block.opening
    if (file !== undefined) return block
    block.users--
    return undefined
  }

  async #open(block: KeptBlock): Promise<ReadableFile | undefined> {
    try {
      const { path, length, isChecked } = block
      const file = await openBlock(join(this.#options.folder, path), path, length, isChecked)
      if (file === undefined) {
        this.onDamage(block)
        return undefined
      }
      block.file = file
      block.isChecked = true
      this.#openFiles++
      this.#closeIdle(this.#options.maxOpenFiles)
      return file
    } catch (error) {
      // Somebody else has removed it.
      if (errorCode(error) === 'ENOENT') this.onDamage(block)
      else this.#failToOpen(error)
      return undefined
    }
  }

  #failToOpen(error: unknown): void {
    // If descriptors have run out, the next attempt may succeed.
    this.#closeIdle(0)
    this.#options.onFault(error)
  }

  #closeIdle(limit: number): void {
    for (const block of this.#idle) {
      if (this.#openFiles <= limit) return
      void this.#closeFileOf(block)
    }
  }

  async #closeFileOf(block: KeptBlock): Promise<void> {
    const { file } = block
    if (file === undefined) return
    block.file = undefined
    this.#idle.delete(block)
    this.#openFiles--
    await closeFile(file)
  }

  /** Records that a block is used now, by one more user. */
  #use(block: KeptBlock): void {
    block.users++
    block.usedAt = this.#now()
    this.#blocks.delete(block.path)
    this.#blocks.set(block.path, block)
    if (block.usedAt - block.savedAt > SAVE_AFTER_MS) void this.#saveUse(block)
  }

  async #saveUse(block: KeptBlock): Promise<void> {
    block.savedAt = block.usedAt
    const seconds = block.usedAt / 1000
    // Only the order after a restart depends on it.
    await utimes(join(this.#options.folder, block.path), seconds, seconds).catch(() => undefined)
  }

  /** The time, later each time. */
  #now(): number {
    this.#lastUse = Math.max(Date.now(), this.#lastUse + TICK_MS)
    return this.#lastUse
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(task)
    return this.#turn
  }

  /** Waits until a file can be written, and makes room for it. */
  async #hasRoom(length: number): Promise<boolean> {
    try {
      while (this.#writing.size >= MAX_WRITING || !(await this.#makeRoom(length))) {
        if (this.#writing.size === 0) return false
        // What is being written can make room once it is there.
        await Promise.race(this.#writing)
      }
      return true
    } catch (error) {
      this.#options.onFault(error)
      return false
    }
  }

  /** Its room is taken at once. */
  async #write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { folder, onWritten } = this.#options
    const length = fileLength(bytes.byteLength)
    const usedAt = this.#now()
    this.#size += length
    try {
      const aside = join(folder, asideName())
      await writeBlock(aside, join(folder, path), { path, bytes, usedAt })
    } catch (error) {
      this.#size -= length
      throw error
    }
    this.#blocks.set(path, new KeptBlock({ path, length: bytes.byteLength, usedAt }, true, this))
    onWritten()
  }

  /** Evicts blocks that nobody holds until there is room; `false` if that is not enough. */
  async #makeRoom(bytes: number): Promise<boolean> {
    while (this.#size + bytes > this.#options.maxBytes) {
      const oldest = this.#oldestUnused()
      if (oldest === undefined) return false
      this.#blocks.delete(oldest.path)
      try {
        await this.#erase(oldest)
      } catch (error) {
        // It still takes its place.
        this.#blocks.set(oldest.path, oldest)
        throw error
      }
    }
    return true
  }

  #oldestUnused(): KeptBlock | undefined {
    for (const block of this.#blocks.values()) if (block.users === 0) return block
    return undefined
  }

  /** Removes the file of a block that is no longer kept. If it is still held, its bytes can be read until then. */
  async #erase(block: KeptBlock): Promise<void> {
    if (block.users === 0) await this.#closeFileOf(block)
    await rm(join(this.#options.folder, block.path), { force: true })
    this.#size -= fileLength(block.length)
  }
}
