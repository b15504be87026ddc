import { type BigIntStats, stat } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type EntityTag, type ReadOptions, SourceBusyError } from '@rangekit/range-core'
import { fstatFd, type OpenFile, undefinedIfAbsent } from '../open/open-file.ts'
import { closeFile } from '../read/close-file.ts'
import { FileWatch, type Pace } from './file-watch.ts'
import type { GrowthFacts } from './growing-options.ts'
import { growingTags } from './growing-tags.ts'
import { Growth } from './growth.ts'
import type { Writing } from './writing.ts'

const statPath = promisify(stat)

const PACE: Pace = { soonest: 50, latest: 1000, blind: 250 }
/** Where each look reads another file. */
const INDIRECT_PACE: Pace = { ...PACE, soonest: 250 }

/** A file that is being written, open for all of its readers, with one watch of its writer. */
export class GrowingFile {
  readonly file: OpenFile
  readonly growth: Growth
  readonly etag: EntityTag
  readonly #path: string
  readonly #writing: Writing
  #users = 0
  /** Whether another file, or this one in another state, is to be opened for the next request. */
  #isOver = false
  #looking: Promise<void> | undefined
  #watch: FileWatch | undefined

  constructor(root: string, file: OpenFile, writing: Writing, facts: GrowthFacts, timeout: number) {
    const size = Number(file.stats.size)
    this.file = file
    this.growth = new Growth(facts.completeLength, Math.min(facts.frontier ?? size, size), timeout)
    this.etag = growingTags.tagOf(file.stats, facts.completeLength)
    this.#path = join(root, writing.held)
    this.#writing = writing
  }

  /** Whether no further request may share it: it is complete and has its final name, or has failed. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Another reader has it open. Each calls `release` once. */
  use(): this {
    this.#users++
    return this
  }

  release(): void {
    this.#users--
    if (this.#users > 0) return
    this.#isOver = true
    this.#watch?.end()
    void closeFile(this.file)
  }

  /** Waits as `Growth.whenThere` does, and watches the file meanwhile. */
  whenThere(position: number, options?: ReadOptions): Promise<void> | undefined {
    const waiting = this.growth.whenThere(position, options)
    if (waiting !== undefined && this.growth.isAwaited) this.#startWatch()
    return waiting
  }

  /** Looks how far the file is. Those who ask at the same time share a look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    // The descriptor stays open until the end.
    this.use()
    try {
      const before = await this.#stats()
      const facts = await this.#writing.facts({ size: Number(before.size), modified: Number(before.mtimeMs) })
      const isAtPath = await this.#isAtPath(before)
      // Once it is not, nothing more is written, and its length is the final one.
      if (isAtPath && facts !== undefined) this.#reach(Number(before.size), facts)
      else this.#finish(await this.#stats())
    } catch (error) {
      if (!(error instanceof SourceBusyError)) this.growth.fail(asError(error))
    } finally {
      if (this.growth.failure !== undefined) this.#isOver = true
      this.release()
    }
  }

  #reach(size: number, { completeLength, frontier = size }: GrowthFacts): void {
    const { growth } = this
    // Its representations have a fixed length; the next ones may know it.
    if (completeLength !== growth.completeLength) this.#isOver = true
    if (size < growth.frontier) growth.cut(size)
    else growth.reach(Math.min(frontier, size))
  }

  /** The writer has renamed or removed the file, or nothing tells of a writer any more. */
  #finish(stats: BigIntStats): void {
    const { growth } = this
    const size = Number(stats.size)
    this.#isOver = true
    if (size < growth.frontier) growth.cut(size)
    else if (stats.nlink === 0n && size !== growth.completeLength) {
      growth.fail(new Error('The file was removed while it was written'))
    } else growth.finish(size)
    if (growth.isComplete) growingTags.finish(stats)
  }

  #stats(): Promise<BigIntStats> {
    const { fd, adaptiveRead } = this.file
    return adaptiveRead.track(() => fstatFd(fd, { bigint: true }))
  }

  async #isAtPath({ dev, ino }: BigIntStats): Promise<boolean> {
    const there = await undefinedIfAbsent(() => statPath(this.#path, { bigint: true }))
    return there?.ino === ino && there.dev === dev
  }

  #startWatch(): void {
    if (this.#watch?.isOver === false) return
    this.#watch = new FileWatch(this.#path, {
      pace: this.#writing.isIndirect ? INDIRECT_PACE : PACE,
      isRemote: this.file.remote,
      look: () => this.look(),
      isWanted: () => this.growth.isAwaited,
    })
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
