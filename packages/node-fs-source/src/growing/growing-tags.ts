import type { BigIntStats } from 'node:fs'
import type { EntityTag } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'

/** How many files are remembered that are being written, or were. */
const MAX_FILES = 1000

interface Remembered {
  readonly birthtimeNs: bigint
  readonly completeLength: number | undefined
  readonly etag: EntityTag
  /** The most bytes that it had. */
  frontier: bigint
  /** When it was changed last, once it is complete. */
  finishedNs: bigint | undefined
}

/**
 * Entity tags of files that are being written. Their bytes never change once they are there, so a tag stays the same while
 * the file grows, and in this process also when it is complete: a player that has begun to read goes on.
 */
export class GrowingTags {
  readonly #files = new LRUCache<string, Remembered>({ max: MAX_FILES })

  /** The tag of a file that is being written: another one if it is not the file that was seen before, or was cut. */
  tagOf(stats: BigIntStats, completeLength: number | undefined): EntityTag {
    const before = this.#files.get(nameOf(stats))
    if (
      before !== undefined &&
      before.birthtimeNs === stats.birthtimeNs &&
      before.completeLength === completeLength &&
      before.frontier <= stats.size
    ) {
      before.frontier = stats.size
      before.finishedNs = undefined
      return before.etag
    }
    const { ino, birthtimeNs, size } = stats
    const parts = ['growing', ino.toString(36), birthtimeNs.toString(36), completeLength?.toString(36) ?? '']
    // Without a time of its making, or after a cut, no one else can have this tag.
    if (before !== undefined || birthtimeNs === 0n) parts.push(crypto.randomUUID())
    const etag = { opaque: parts.join('-'), weak: false }
    this.#files.set(nameOf(stats), {
      birthtimeNs,
      completeLength,
      etag,
      frontier: size,
      finishedNs: undefined,
    })
    return etag
  }

  /**
   * The tag that a complete file had while it was written, if it has not been changed since.
   *
   * @param stats of a file that has its final name, and that nothing tells of a writer of.
   */
  finished(stats: BigIntStats): EntityTag | undefined {
    if (this.#files.size === 0) return undefined
    const file = this.#files.get(nameOf(stats))
    if (file === undefined || file.birthtimeNs !== stats.birthtimeNs) return undefined
    // What was written since it was seen last belongs to it.
    if (file.finishedNs === undefined) this.#finish(file, stats)
    // A downloader may have set an earlier date, that of the original.
    return file.frontier === stats.size && stats.mtimeNs <= (file.finishedNs ?? -1n) ? file.etag : undefined
  }

  /** Notes that a file is complete. */
  finish(stats: BigIntStats): void {
    const file = this.#files.get(nameOf(stats))
    if (file !== undefined) this.#finish(file, stats)
  }

  #finish(file: Remembered, { size, mtimeNs }: BigIntStats): void {
    const { completeLength = Number(size) } = file
    if (Number(size) !== completeLength || size < file.frontier) return
    file.frontier = size
    file.finishedNs = mtimeNs
  }
}

function nameOf({ dev, ino }: BigIntStats): string {
  return `${dev}-${ino}`
}

/** Those of this process: a file may be written here and served from a folder. */
export const growingTags = new GrowingTags()
