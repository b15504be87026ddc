import { setTimeout as sleep } from 'node:timers/promises'
import type { MaybePromise } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import type { GrowingFiles } from '../growing/growing-files.ts'
import { growingTags } from '../growing/growing-tags.ts'
import { closeFile } from '../read/close-file.ts'
import { type AboutFile, CachedFile, type SharedFile } from './cached-file.ts'
import { settlesIn, TICK_MS } from './file-validators.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { sidecarDigests } from './sidecar-digest.ts'

export interface OpenFileCacheOptions {
  /** How many files may stay open between requests; 0: none. */
  readonly maxOpenFiles: number
  /** For how many milliseconds an open file is trusted to be the file at its path; 0: every request checks. */
  readonly revalidateAfter: number
  /** Whether digests are read from sidecars. */
  readonly digests: boolean
  /** Files that are being written. Default: none is. */
  readonly growing?: GrowingFiles | undefined
}

type MaybeCached = CachedFile | undefined

interface Opening {
  readonly current: Promise<MaybeCached>
  /** The opening after this one, for requests that must not share an opening that began before they arrived. */
  next: Promise<MaybeCached> | undefined
}

/** Files that no request has used for this many milliseconds are closed. */
const IDLE_MS = 500
/** The timer and the clock both keep whole milliseconds: the timer may fire this much before the clock gets there. */
const TIMER_EARLY_MS = 2

/**
 * Keeps the files below a root open between requests. Opening a file costs more than reading a small range of it, so a
 * file stays open while requests follow one another, and is closed when they cease.
 */
export class OpenFileCache {
  readonly #root: string
  readonly #options: OpenFileCacheOptions
  readonly #files: LRUCache<string, CachedFile>
  readonly #openings = new Map<string, Opening>()
  #sweeping = false
  #openFiles = 0

  constructor(root: string, options: OpenFileCacheOptions) {
    this.#root = root
    this.#options = options
    this.#files = new LRUCache<string, CachedFile>({
      max: Math.max(1, options.maxOpenFiles),
      dispose: (file) => file.evict(),
    })
  }

  /** How many files are open: those in use, and those that stay open for the next request. */
  get openFiles(): number {
    return this.#openFiles
  }

  /**
   * The file that a key names now (or named up to `revalidateAfter` ago), or `undefined`. Returns without a promise for
   * a file whose reads are fast: most requests are for the same few files.
   */
  acquire(key: string): MaybePromise<SharedFile | undefined> {
    const { revalidateAfter } = this.#options
    const cached = this.#files.get(key)
    if (cached === undefined) return this.#openShared(key, revalidateAfter === 0)
    // A file that was just changed may be changed again: each request checks its path.
    if (cached.isRecent) return this.#openShared(key, true)
    const now = performance.now()
    if (now - cached.checkedAt >= revalidateAfter) return this.#openShared(key, revalidateAfter === 0)
    const unchanged = cached.use().isUnchanged(now)
    return unchanged === true ? cached : this.#openIfChanged(key, cached, unchanged)
  }

  async #openIfChanged(
    key: string,
    cached: CachedFile,
    unchanged: MaybePromise<boolean>,
  ): Promise<SharedFile | undefined> {
    if (await unchanged) return cached
    cached.release()
    return this.#openShared(key, true)
  }

  /**
   * Opens a file once for all requests that arrive while it is being opened.
   *
   * @param mustCheck whether the file must be opened after the request arrived: such requests share the next opening.
   */
  async #openShared(key: string, mustCheck: boolean): Promise<SharedFile | undefined> {
    const opening = this.#openings.get(key)
    const begin = () => this.#begin(key)
    if (opening === undefined) return (await begin())?.use()
    if (!mustCheck) return (await opening.current)?.use()
    opening.next ??= opening.current.then(begin, begin)
    return (await opening.next)?.use()
  }

  #begin(key: string): Promise<MaybeCached> {
    const current = this.#open(key).finally(() => this.#openings.delete(key))
    this.#openings.set(key, { current, next: undefined })
    return current
  }

  /**
   * Opens a file with all checks, even if it is cached: a folder on its path may have been moved or replaced by a link.
   * If the version is the same, the cached file stays, with what is known about the speed of its reads.
   */
  async #open(key: string): Promise<MaybeCached> {
    let file = await this.#openFile(key)
    const wait = file === undefined ? 0 : settlesIn(file.stats, file.checkedDate, file.remote)
    // A file that was just written should have its final tag from the first response on: a cache that joins parts of a
    // file (nginx's slices) aborts a transfer whose tag changes. A file that keeps changing is not waited for.
    if (file !== undefined && wait > 0 && wait <= TICK_MS) {
      await closeFile(file)
      await sleep(wait + TIMER_EARLY_MS)
      file = await this.#openFile(key)
    }
    if (file === undefined) {
      this.#files.delete(key)
      return undefined
    }
    const shared = this.#renewed(key, file) ?? this.#share(file, await this.#aboutFile(key, file))
    // In use until all requests that share this opening have called `use` too.
    shared.use()
    setImmediate(() => shared.release())
    if (shared.isGrowing) {
      this.#files.delete(key)
      shared.evict()
    } else {
      this.#keep(key, shared)
    }
    return shared
  }

  #share(file: OpenFile, about: AboutFile): CachedFile {
    this.#openFiles++
    return new CachedFile(file, about, () => {
      this.#openFiles--
    })
  }

  async #openFile(key: string): Promise<OpenFile | undefined> {
    try {
      return await openFile(this.#root, key)
    } catch (error) {
      // This request needs a descriptor more than the idle files do: the next attempt may succeed.
      this.#files.clear()
      throw error
    }
  }

  /** The cached file, if `file` is the same version; `file` is closed then. */
  #renewed(key: string, file: OpenFile): MaybeCached {
    const cached = this.#files.get(key)
    if (!cached?.renew(file)) return undefined
    void closeFile(file)
    return cached
  }

  #keep(key: string, file: CachedFile): void {
    if (this.#options.maxOpenFiles > 0) {
      this.#files.set(key, file)
      this.#sweepLater()
    } else {
      file.evict()
    }
  }

  async #aboutFile(key: string, file: OpenFile): Promise<AboutFile> {
    const { digests, growing } = this.#options
    try {
      const isGrowing = (await growing?.isInPlace(key, file)) === true
      return {
        isGrowing,
        etag: !isGrowing && growing?.keepsTags ? await growingTags.finished(file) : undefined,
        digests: digests && !isGrowing ? await sidecarDigests(this.#root, key, file) : undefined,
      }
    } catch (error) {
      await closeFile(file)
      throw error
    }
  }

  #sweepLater(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    setTimeout(() => {
      this.#sweeping = false
      const now = performance.now()
      for (const [key, file] of this.#files.entries()) {
        if (file.isIdle && now - file.usedAt >= IDLE_MS) this.#files.delete(key)
      }
      if (this.#files.size > 0) this.#sweepLater()
    }, IDLE_MS / 2).unref()
  }
}
