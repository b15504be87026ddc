import { type BigIntStats, stat } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  andThen,
  type EntityTag,
  type MaybePromise,
  type ReadOptions,
  SourceBusyError,
} from '@rangekit/range-core'
import { fstatFd, type OpenFile, undefinedIfAbsent } from '../open/open-file.ts'
import type { Reader } from '../read/adaptive-read.ts'
import { closeFile } from '../read/close-file.ts'
import { FileWatch, type Pace } from './file-watch.ts'
import type { GrowthFacts } from './growing-options.ts'
import type { SharedGrowth } from './growing-representation.ts'
import { growingTags } from './growing-tags.ts'
import { Growth } from './growth.ts'
import { looksLikeHole, mayHaveHoles } from './holes.ts'
import { TailProof } from './tail-proof.ts'
import { fileStats, type Writing } from './writing.ts'

const statPath = promisify(stat)

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
}

interface Opening {
  readonly facts: GrowthFacts
  readonly completeLength: number | undefined
  readonly frontier: number
  readonly etag: EntityTag
  readonly proof: TailProof
}

/** A file that is being written, open for all of its readers, with one watch of its writer. */
export class GrowingFile implements SharedGrowth {
  readonly file: OpenFile
  readonly growth: Growth
  readonly etag: EntityTag
  readonly #path: string
  readonly #writing: Writing
  readonly #onOver: () => void
  #proof: TailProof
  #mayHaveHoles = false
  #mtimeNs: bigint
  #users = 0
  /** Whether another file, or this one in another state, is to be opened for the next request. */
  #isOver = false
  #looking: Promise<void> | undefined
  #lookedAt = performance.now()
  #watch: FileWatch | undefined

  private constructor({ root, writing, timeout, onOver }: GrowingFileSetup, opening: Opening) {
    this.file = writing.file
    this.growth = new Growth(opening.completeLength, opening.frontier, timeout)
    this.etag = opening.etag
    this.#path = pathOf({ root, writing })
    this.#writing = writing
    this.#onOver = onOver
    this.#proof = opening.proof
    this.#mtimeNs = writing.file.stats.mtimeNs
    this.#noteHoles(writing.file.stats, opening.facts)
  }

  /** @returns `undefined` if its writer is done by now. The file is not closed then, nor after an error. */
  static async open(setup: GrowingFileSetup): Promise<GrowingFile | undefined> {
    const { file, facts: read } = setup.writing
    const facts = await read(fileStats(file.stats))
    if (facts === undefined) return undefined
    const { completeLength } = facts
    // What tells its length goes when it gets its final name.
    if (completeLength === undefined && !(await isAtPath(pathOf(setup), file.stats))) return undefined
    const frontier = frontierOf(file.stats, facts)
    const etag = await growingTags.tagOf(file, completeLength)
    const proof = await TailProof.take(file, frontier)
    if (proof === undefined) return undefined
    growingTags.reached(file.stats, proof)
    return new GrowingFile(setup, { facts, completeLength, frontier, etag, proof })
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

  /** Throws if bytes that were just read may not be those of this file, although it has as many. */
  verify(bytes: Uint8Array, position: number, reader: Reader): MaybePromise<void> {
    if (this.#mayHaveHoles && looksLikeHole(bytes, position)) {
      throw new Error('The file has holes where bytes may still be to come')
    }
    return andThen(this.#proof.holds(this.file, reader), (holds) => {
      if (holds) return
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
      const before = await this.#stats()
      const facts = await this.#writing.facts(fileStats(before))
      const isThere = await isAtPath(this.#path, before)
      // Once it is not, nothing more is written, and its length is the final one.
      if (isThere && facts !== undefined) await this.#reach(before, facts)
      else await this.#finish(await this.#stats())
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
    this.#noteHoles(stats, facts)
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

  /**
   * Whether what was there still is. If so, takes a new proof.
   *
   * @param frontier what is there now, which is not less.
   */
  async #isIntact(stats: BigIntStats, frontier: number): Promise<boolean> {
    const next = await TailProof.take(this.file, frontier)
    // In this order: if the file was written anew before the new proof was taken, the old one does not hold.
    if (next === undefined || frontier < this.growth.frontier) return false
    if (!(await this.#proof.holds(this.file))) return false
    this.#proof = next
    growingTags.reached(stats, next)
    return true
  }

  #cut(): void {
    this.growth.cut()
    this.#end()
  }

  #noteHoles(stats: BigIntStats, { frontier }: GrowthFacts): void {
    this.#mayHaveHoles = frontier === undefined && mayHaveHoles(stats)
  }

  #stats(): Promise<BigIntStats> {
    const { fd, adaptiveRead } = this.file
    return adaptiveRead.track(() => fstatFd(fd, { bigint: true }))
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

function frontierOf(stats: BigIntStats, { frontier }: GrowthFacts): number {
  const size = Number(stats.size)
  return Math.min(frontier ?? size, size)
}

function pathOf({ root, writing }: Pick<GrowingFileSetup, 'root' | 'writing'>): string {
  return join(root, writing.held)
}

async function isAtPath(path: string, { dev, ino }: BigIntStats): Promise<boolean> {
  const there = await undefinedIfAbsent(() => statPath(path, { bigint: true }))
  return there?.ino === ino && there.dev === dev
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
