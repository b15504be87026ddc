import type { BigIntStats } from 'node:fs'
import { join } from 'node:path'
import {
  andThen,
  type EntityTag,
  type MaybePromise,
  type ReadOptions,
  SourceBusyError,
} from '@rangekit/range-core'
import type { OpenFile } from '../open/open-file.ts'
import type { Reader } from '../read/adaptive-read.ts'
import { closeFile } from '../read/close-file.ts'
import type { GrowthFacts } from './growing-options.ts'
import type { SharedGrowth } from './growing-representation.ts'
import { growingTags } from './growing-tags.ts'
import { FileWatch, type Pace } from './progress/file-watch.ts'
import { Growth } from './progress/growth.ts'
import { frontierOf, HeldFile } from './proof/held-file.ts'
import { fileStats, type Writing } from './writer/writing.ts'

const PACE: Pace = { soonest: 50, latest: 1000, blind: 250 }
/** Where each look reads another file. */
const INDIRECT_PACE: Pace = { ...PACE, soonest: 250 }

/** What a {@link GrowingFile} is made of. */
export interface GrowingFileSetup {
  readonly root: string
  readonly writing: Writing
  /** For how many milliseconds a reader waits while nothing is written. */
  readonly timeout: number
  /** Called once, when no further request may share it. */
  readonly onOver: () => void
  /** Called once, when it closes. */
  readonly onClose: () => void
}

/** A file that is being written, open for all of its readers, with one watch of its writer. */
export class GrowingFile implements SharedGrowth {
  readonly file: OpenFile
  readonly growth: Growth
  readonly etag: EntityTag
  readonly #held: HeldFile
  readonly #path: string
  readonly #writing: Writing
  readonly #onOver: () => void
  readonly #onClose: () => void
  #mtimeNs: bigint
  #users = 0
  /** Whether another file, or this one in another state, is to be opened for the next request. */
  #isOver = false
  #looking: Promise<void> | undefined
  #lookedAt = performance.now()
  #watch: FileWatch | undefined

  private constructor(
    { writing, timeout, onOver, onClose }: GrowingFileSetup,
    path: string,
    held: HeldFile,
    facts: GrowthFacts,
    etag: EntityTag,
  ) {
    const { stats } = writing.file
    this.file = writing.file
    this.growth = new Growth(facts.completeLength, frontierOf(stats, facts), timeout)
    this.etag = etag
    this.#held = held
    this.#path = path
    this.#writing = writing
    this.#onOver = onOver
    this.#onClose = onClose
    this.#mtimeNs = stats.mtimeNs
  }

  /** @returns `undefined` if its writer is done by now. The file is not closed then, nor after an error. */
  static async open(setup: GrowingFileSetup): Promise<GrowingFile | undefined> {
    const { file, held: key, facts: read } = setup.writing
    const facts = await read(fileStats(file.stats))
    if (facts === undefined) return undefined
    const path = join(setup.root, key)
    // Before the proof of what is there is taken anew: it tells whether this is the file that was seen before.
    const etag = await growingTags.tagOf(file, facts.completeLength)
    const held = await HeldFile.take(file, path, facts)
    if (held === undefined) return undefined
    // What tells its length goes when it gets its final name.
    if (facts.completeLength === undefined && !(await held.isAtPath(file.stats))) return undefined
    return new GrowingFile(setup, path, held, facts, etag)
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
    this.#end()
    this.#watch?.end()
    // Whoever still waits is not a reader any more.
    this.growth.fail(new Error('The file is closed'))
    this.#onClose()
    void closeFile(this.file)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onOver()
  }

  /** Waits as `Growth.whenThere` does, and watches the file meanwhile. */
  whenThere(position: number, options?: ReadOptions): Promise<void> | undefined {
    const waiting = this.growth.whenThere(position, options)
    if (waiting !== undefined && this.growth.isAwaited) this.#watchWriter()
    return waiting
  }

  /** Looks, in the background, if the last look was some time ago. */
  refresh(): void {
    const { isComplete, failure } = this.growth
    if (isComplete || failure !== undefined || performance.now() - this.#lookedAt < PACE.blind) return
    void this.look()
  }

  verify(bytes: Uint8Array, position: number, reader: Reader): MaybePromise<void> {
    return andThen(this.#held.verify(bytes, position, reader), (isRight) => {
      if (isRight) return
      this.#cut()
      throw this.growth.failure
    })
  }

  /** Looks how far the file is. Those who ask at the same time share a look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<void> {
    this.#lookedAt = performance.now()
    // The descriptor stays open until the end.
    this.use()
    try {
      const before = await this.#held.stats()
      const facts = await this.#writing.facts(fileStats(before))
      const isAtPath = await this.#held.isAtPath(before)
      // Once it is not, nothing more is written, and its length is the final one.
      if (isAtPath && facts !== undefined) await this.#reach(before, facts)
      else await this.#finish(await this.#held.stats())
    } catch (error) {
      if (!(error instanceof SourceBusyError)) this.growth.fail(asError(error))
    } finally {
      if (this.growth.failure !== undefined) this.#end()
      this.release()
    }
  }

  async #reach(stats: BigIntStats, facts: GrowthFacts): Promise<void> {
    const { growth } = this
    // Its representations have a fixed length; the next ones may know it.
    if (facts.completeLength !== growth.completeLength) this.#end()
    this.#held.noteHoles(stats, facts)
    // Of what was written in another place, the facts may tell later: aria2 notes it once a minute.
    if (stats.mtimeNs !== this.#mtimeNs) growth.stir()
    this.#mtimeNs = stats.mtimeNs
    const frontier = frontierOf(stats, facts)
    // A file may be longer than its complete length, and a writer may take back what it has said of it.
    const there = Math.min(Math.max(frontier, growth.frontier), Number(stats.size))
    if (await this.#isIntact(stats, there)) growth.reach(frontier)
    else this.#cut()
  }

  /** The writer has renamed or removed the file, or nothing tells of a writer any more. */
  async #finish(stats: BigIntStats): Promise<void> {
    const { growth } = this
    const size = Number(stats.size)
    this.#end()
    if (!(await this.#isIntact(stats, Math.min(size, growth.completeLength ?? size)))) {
      this.#cut()
      return
    }
    if (stats.nlink === 0n && size !== growth.completeLength) {
      growth.fail(new Error('The file was removed while it was written'))
    } else growth.finish(size)
    if (growth.isComplete) growingTags.finish(stats)
  }

  async #isIntact(stats: BigIntStats, frontier: number): Promise<boolean> {
    return frontier >= this.growth.frontier && this.#held.isIntact(stats, frontier)
  }

  #cut(): void {
    this.growth.cut()
    this.#end()
  }

  #watchWriter(): void {
    if (this.#watch?.isOver === false) {
      this.#watch.wanted()
      return
    }
    this.#watch = new FileWatch(this.#path, {
      pace: this.#writing.isIndirect ? INDIRECT_PACE : PACE,
      isRemote: this.file.remote,
      look: () => this.look(),
      lookedAt: () => this.#lookedAt,
      isWanted: () => this.growth.isAwaited,
    })
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
