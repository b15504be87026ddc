import { LRUCache } from 'lru-cache'
import type { Folder } from './folder.ts'
import type { FolderListener } from './folder-listeners.ts'
import type { FolderReader } from './listing.ts'
import { TrackedFolder } from './tracked-folder.ts'

/** Limits of {@link FolderCache}. */
export interface FolderCacheLimits {
  /** How many entries are kept in memory, of all folders. Default: 250,000. */
  readonly maxEntries?: number
  /** How many folders are watched for changes. Default: 64. */
  readonly maxWatched?: number
}

/** A folder that was not asked for in this many milliseconds is no longer watched. */
const WATCH_MS = 60_000
/** How often watches are ended, and folders with listeners are checked for changes without events. */
const ROUND_MS = 5000

/** Folders that were read, kept up to date while they are asked for or listened to. */
export class FolderCache {
  readonly #reader: FolderReader
  readonly #folders: LRUCache<string, TrackedFolder>
  readonly #listened = new Map<string, TrackedFolder>()
  readonly #watched = new Set<TrackedFolder>()
  readonly #maxWatched: number
  #timer: NodeJS.Timeout | undefined

  constructor(reader: FolderReader, { maxEntries = 250_000, maxWatched = 64 }: FolderCacheLimits = {}) {
    this.#reader = reader
    this.#maxWatched = maxWatched
    this.#folders = new LRUCache<string, TrackedFolder>({
      maxSize: maxEntries,
      // A folder above the limit is kept alone.
      sizeCalculation: ({ weight }) => Math.min(weight, maxEntries),
      dispose: (folder, path, reason) => {
        if (reason === 'evict' && !this.#listened.has(path)) this.#unwatch(folder)
      },
    })
  }

  /**
   * A folder as it is now.
   *
   * @param path a key, or `''` for the root.
   * @param watch whether it is worth watching: a search looks at too many folders for that. Default: true.
   * @returns `undefined` where there is none.
   * @throws SourceBusyError where descriptors have run out; other faults unchanged.
   */
  async read(path: string, watch = true): Promise<Folder | undefined> {
    const tracked = this.#track(path)
    const folder = await tracked.current()
    if (watch && folder !== undefined) this.#watch(tracked)
    return folder
  }

  /**
   * Calls `listener` with the version of a folder, soon and then whenever it has another one, until the returned
   * function is called. `''`: there is no such folder.
   */
  listen(path: string, listener: FolderListener): () => void {
    const tracked = this.#track(path)
    const remove = tracked.listen(listener)
    this.#listened.set(path, tracked)
    this.#watch(tracked)
    return () => {
      remove()
      if (tracked.hasListeners) return
      this.#listened.delete(path)
      this.#keep(tracked)
    }
  }

  #track(path: string): TrackedFolder {
    const before = this.#listened.get(path) ?? this.#folders.get(path)
    if (before !== undefined) return before
    const tracked = new TrackedFolder(path, this.#reader, (folder) => this.#keep(folder))
    this.#folders.set(path, tracked)
    return tracked
  }

  /** After each reading: it has another weight, or is not there. */
  #keep(tracked: TrackedFolder): void {
    const { path } = tracked
    this.#folders.delete(path)
    if (tracked.exists) this.#folders.set(path, tracked)
    else if (!this.#listened.has(path)) this.#unwatch(tracked)
  }

  #watch(tracked: TrackedFolder): void {
    if (tracked.isWatched) return
    if (this.#watched.size >= this.#maxWatched) {
      const oldest = [...this.#watched]
        .filter(({ hasListeners }) => !hasListeners)
        .reduce<TrackedFolder | undefined>((a, b) => (a && a.askedAt < b.askedAt ? a : b), undefined)
      if (oldest === undefined) return
      this.#unwatch(oldest)
    }
    this.#watched.add(tracked)
    tracked.watch()
    this.#timer ??= setInterval(() => this.#round(), ROUND_MS).unref()
  }

  #unwatch(tracked: TrackedFolder): void {
    tracked.unwatch()
    this.#watched.delete(tracked)
  }

  #round(): void {
    const now = performance.now()
    for (const tracked of this.#watched) {
      if (!tracked.hasListeners && now - tracked.askedAt >= WATCH_MS) this.#unwatch(tracked)
    }
    for (const tracked of this.#listened.values()) void tracked.current().catch(() => undefined)
    if (this.#watched.size > 0 || this.#listened.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
