import { type BigIntStats, stat } from 'node:fs'
import { promisify } from 'node:util'
import { andThen, type MaybePromise } from '@rangekit/range-core'
import { fstatFd, type OpenFile, undefinedIfAbsent } from '../../open/open-file.ts'
import type { Reader } from '../../read/adaptive-read.ts'
import type { GrowthFacts } from '../growing-options.ts'
import { growingTags } from '../growing-tags.ts'
import { ByteProof } from './byte-proof.ts'
import { looksLikeHole, mayHaveHoles } from './holes.ts'

const statPath = promisify(stat)

/** How many bytes are there of a file, from the first one on. */
export function frontierOf({ size }: BigIntStats, { frontier }: GrowthFacts): number {
  return Math.min(frontier ?? Number(size), Number(size))
}

/** The open file that holds the bytes of one that is being written, and whether they still are what they were. */
export class HeldFile {
  readonly file: OpenFile
  readonly #path: string
  #proof: ByteProof
  #mayHaveHoles = false

  private constructor(file: OpenFile, path: string, proof: ByteProof) {
    this.file = file
    this.#path = path
    this.#proof = proof
  }

  /** @returns `undefined` if it is shorter by now than when it was opened. */
  static async take(file: OpenFile, path: string, facts: GrowthFacts): Promise<HeldFile | undefined> {
    const frontier = frontierOf(file.stats, facts)
    const proof = await ByteProof.ofTail(file, frontier)
    if (proof === undefined) return undefined
    await growingTags.reached(file, frontier, proof)
    const held = new HeldFile(file, path, proof)
    held.noteHoles(file.stats, facts)
    return held
  }

  stats(): Promise<BigIntStats> {
    const { fd, adaptiveRead } = this.file
    return adaptiveRead.track(() => fstatFd(fd, { bigint: true }))
  }

  /** Whether its path still names it. */
  async isAtPath({ dev, ino }: BigIntStats): Promise<boolean> {
    const there = await undefinedIfAbsent(() => statPath(this.#path, { bigint: true }))
    return there?.ino === ino && there.dev === dev
  }

  /** Notes whether bytes may still be to come between those that are there: not if its writer tells how far it is. */
  noteHoles(stats: BigIntStats, { frontier }: GrowthFacts): void {
    this.#mayHaveHoles = frontier === undefined && mayHaveHoles(stats)
  }

  /**
   * Whether what was there still is. If so, takes a new proof.
   *
   * @param frontier what is there now, not less than before.
   */
  async isIntact(stats: BigIntStats, frontier: number): Promise<boolean> {
    const next = await ByteProof.ofTail(this.file, frontier)
    // In this order: if the file was written anew before the new proof was taken, the old one does not hold.
    if (next === undefined || !(await this.#proof.holds(this.file))) return false
    this.#proof = next
    await growingTags.reached({ ...this.file, stats }, frontier, next)
    return true
  }

  /**
   * Whether bytes that were just read are those of this file: it may have been cut, and written anew, before.
   *
   * @throws Error if they may not have been written at all.
   */
  verify(bytes: Uint8Array, position: number, reader: Reader): MaybePromise<boolean> {
    if (this.#mayHaveHoles && looksLikeHole(bytes, position)) {
      throw new Error('The file has holes where bytes may still be to come')
    }
    return andThen(this.#proof.holds(this.file, reader), (holds) => holds)
  }
}
