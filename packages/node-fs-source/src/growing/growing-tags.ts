import type { BigIntStats } from 'node:fs'
import type { EntityTag } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import type { ReadableFile } from '../read/read-into.ts'
import { ByteProof } from './proof/byte-proof.ts'

/** How many files are remembered that are being written, or were. */
const MAX_FILES = 1000

interface Remembered {
  readonly birthtimeNs: bigint
  readonly completeLength: number | undefined
  readonly etag: EntityTag
  /** Of what was there when it was seen last, and of its first bytes. */
  tail: ByteProof | undefined
  head: ByteProof | undefined
  /** Once it is complete. */
  finished: Finished | undefined
}

interface Finished {
  readonly size: bigint
  /** When it was changed last. */
  readonly mtimeNs: bigint
  /** Whether this is a time that was set after its completion. */
  readonly isDated: boolean
}

/** An open file, and what the file system says of it. */
export interface StatedFile extends ReadableFile {
  readonly stats: BigIntStats
}

/**
 * Entity tags of files that are being written. Their bytes never change once they are there, so a tag stays the same while
 * the file grows, and in this process also when it is complete: a player that has begun to read goes on.
 */
export class GrowingTags {
  readonly #files = new LRUCache<string, Remembered>({ max: MAX_FILES })

  /** The tag of a file that is being written: another one if it is not the file that was seen before, or was cut. */
  async tagOf(file: StatedFile, completeLength: number | undefined): Promise<EntityTag> {
    const { ino, birthtimeNs } = file.stats
    const before = this.#files.get(nameOf(file.stats))
    if (before?.birthtimeNs === birthtimeNs && before.completeLength === completeLength) {
      if (await isIntact(before, file)) {
        before.finished = undefined
        return before.etag
      }
    }
    const parts = ['growing', ino.toString(36), birthtimeNs.toString(36), completeLength?.toString(36) ?? '']
    // Without a time of its making, or after a cut, no other file may have this tag.
    if (before !== undefined || birthtimeNs === 0n) parts.push(crypto.randomUUID())
    const etag = { opaque: parts.join('-'), weak: false }
    const remembered = {
      birthtimeNs,
      completeLength,
      etag,
      tail: undefined,
      head: undefined,
      finished: undefined,
    }
    this.#files.set(nameOf(file.stats), remembered)
    return etag
  }

  /** Notes what is there of a file. */
  async reached(file: StatedFile, frontier: number, tail: ByteProof): Promise<void> {
    const known = this.#files.get(nameOf(file.stats))
    if (known === undefined) return
    known.tail = tail
    if (!known.head?.isWholeHead) known.head = await ByteProof.ofHead(file, frontier)
  }

  /** Notes that a file is complete. */
  finish(stats: BigIntStats): void {
    const file = this.#files.get(nameOf(stats))
    if (file !== undefined) finish(file, stats)
  }

  /**
   * The tag that a complete file had while it was written, if it has not been changed since.
   *
   * @param file has its final name, and nothing tells of a writer of it.
   */
  async finished(file: StatedFile): Promise<EntityTag | undefined> {
    if (this.#files.size === 0) return undefined
    const { stats } = file
    const known = this.#files.get(nameOf(stats))
    if (known === undefined || known.birthtimeNs !== stats.birthtimeNs) return undefined
    if (!(await isIntact(known, file))) return undefined
    // What was written since it was seen last belongs to it.
    if (known.finished === undefined) finish(known, stats)
    return isUnchanged(known, stats) ? known.etag : undefined
  }
}

/** Whether what was seen of a file still is what it was. */
async function isIntact({ tail, head }: Remembered, file: ReadableFile): Promise<boolean> {
  return (await tail?.holds(file)) !== false && (await head?.holds(file)) !== false
}

function finish(file: Remembered, { size, mtimeNs }: BigIntStats): void {
  if (Number(size) !== (file.completeLength ?? Number(size))) return
  file.finished = { size, mtimeNs, isDated: false }
}

function isUnchanged(file: Remembered, { size, mtimeNs }: BigIntStats): boolean {
  const { finished } = file
  if (finished?.size !== size) return false
  if (finished.mtimeNs === mtimeNs) return true
  // A downloader may set an earlier date, that of the original; once.
  if (finished.isDated || mtimeNs > finished.mtimeNs) return false
  file.finished = { size, mtimeNs, isDated: true }
  return true
}

function nameOf({ dev, ino }: BigIntStats): string {
  return `${dev}-${ino}`
}

/** Those of this process: a file may be written here and served from a folder. */
export const growingTags = new GrowingTags()
