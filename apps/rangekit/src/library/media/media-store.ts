import type { RangeSource } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import { kindOf } from '../kind.ts'
import { type WholeFile, type WholeFiles, wholeFiles } from '../whole-files.ts'
import type { KnownMedia } from './known-media.ts'
import type { Picture } from './picture.ts'
import { Queue } from './queue.ts'
import { type MediaLimits, readMedia } from './read-media.ts'

/** Limits of {@link MediaStore}. */
export interface MediaStoreLimits extends MediaLimits {
  /** How many files are read at a time. Default: 2. */
  readonly width?: number
  /** How many requests may wait for that. Default: 500. */
  readonly maxWaiting?: number
  /** How many files are remembered. Default: 20,000. */
  readonly maxFiles?: number
  /** Bytes of pictures that are kept. Default: 32 MiB. */
  readonly maxPictures?: number
}

/** One version of a file. */
interface Version {
  readonly size: number
  /** Whole milliseconds since the epoch. */
  readonly modified: number
}
interface Remembered {
  readonly version: string
  readonly media: KnownMedia
}

/** Facts about media files and their embedded covers, read when they are first asked for. */
export class MediaStore {
  readonly #source: WholeFiles
  readonly #limits: MediaStoreLimits
  readonly #queue: Queue
  readonly #files: LRUCache<string, Remembered>
  readonly #pictures: LRUCache<string, Picture>

  constructor(source: RangeSource, limits: MediaStoreLimits = {}) {
    const { width = 2, maxWaiting = 500, maxFiles = 20_000, maxPictures = 32 * 1024 * 1024 } = limits
    this.#source = wholeFiles(source)
    this.#limits = limits
    this.#queue = new Queue(width, maxWaiting)
    this.#files = new LRUCache<string, Remembered>({ max: maxFiles })
    this.#pictures = new LRUCache<string, Picture>({
      maxSize: maxPictures,
      sizeCalculation: ({ bytes }) => bytes.byteLength + 1,
    })
  }

  /** What is known of a version of a file, without reading it. */
  known(key: string, version: Version): KnownMedia | undefined {
    const remembered = this.#files.get(key)
    return remembered?.version === textOf(version) ? remembered.media : undefined
  }

  /**
   * The facts about a file; none for what is no video and no audio.
   *
   * @returns `undefined` if there is no such file, or it is still being written.
   * @throws SourceBusyError where too many requests wait; the reason of `signal` if that was aborted.
   */
  async facts(key: string, signal?: AbortSignal): Promise<KnownMedia | undefined> {
    const version = await this.#with(key, signal, async (file) => versionOf(file))
    if (version === undefined) return undefined
    return this.known(key, version) ?? this.#queue.run(() => this.#read(key, signal), signal)
  }

  /** The picture in a file, if it has one. Throws as {@link facts}. */
  async picture(key: string, signal?: AbortSignal): Promise<Picture | undefined> {
    const facts = await this.facts(key, signal)
    if (!facts?.hasCover) return undefined
    const kept = this.#pictures.get(key)
    if (kept !== undefined) return kept
    // Others needed the memory.
    this.#files.delete(key)
    await this.facts(key, signal)
    return this.#pictures.get(key)
  }

  /** Reads a file, unless a request that was first has done so. */
  #read(key: string, signal: AbortSignal | undefined): Promise<KnownMedia | undefined> {
    return this.#with(key, signal, async (file) => {
      const version = versionOf(file)
      const before = this.known(key, version)
      if (before !== undefined) return before
      const kind = kindOf(file.contentType ?? '')
      const isMedia = kind === 'video' || kind === 'audio'
      const { picture, ...facts } = isMedia ? await readMedia(file, signal, this.#limits) : {}
      const known = { ...facts, hasCover: picture !== undefined }
      this.#files.set(key, { version: textOf(version), media: known })
      if (picture === undefined) this.#pictures.delete(key)
      else this.#pictures.set(key, picture)
      return known
    })
  }

  async #with<T>(
    key: string,
    signal: AbortSignal | undefined,
    use: (file: WholeFile) => Promise<T>,
  ): Promise<T | undefined> {
    const file = await this.#source.open(key, { signal })
    if (file === undefined) return undefined
    try {
      return await use(file)
    } finally {
      await file.close()
    }
  }
}

function versionOf({ completeLength, lastModified }: WholeFile): Version {
  return { size: completeLength, modified: lastModified?.getTime() ?? 0 }
}

function textOf({ size, modified }: Version): string {
  return `${size}-${modified}`
}
