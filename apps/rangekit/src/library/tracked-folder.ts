import { Folder } from './folder.ts'
import { type FolderListener, FolderListeners } from './folder-listeners.ts'
import type { FolderReader } from './listing.ts'

/** Between a change and the next reading for listeners, in milliseconds: a copy of many files is many changes. */
const SETTLE_MS = 250
/** The same while a file in it is being written, which is a change all the time. */
const GROWING_MS = 1000
/** How often the folder's own time is checked, in milliseconds. */
const CHECK_MS = 1000
/** For how long a reading is good if nothing seems to change, in milliseconds. Not everything has events. */
const WATCHED_MS = 60_000
const UNWATCHED_MS = 5000
/** Reading takes at most a tenth of the time, and a reading is trusted for at most so many milliseconds for it. */
const COST_FACTOR = 10
const MAX_TRUST_MS = 5000

/** A folder as it was last read, kept up to date: once it has changed, the next request or listener makes it read again. */
export class TrackedFolder {
  readonly path: string
  /** When it was last asked for, by `performance.now()`. */
  askedAt = 0
  readonly #reader: FolderReader
  readonly #onRead: (folder: TrackedFolder) => void
  readonly #listeners = new FolderListeners()
  #folder: Folder | undefined
  #reading: Promise<Folder | undefined> | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #checkedAt = Number.NEGATIVE_INFINITY
  #cost = 0
  #isChanged = true
  #watch: Promise<(() => void) | undefined> | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param onRead called after each reading. */
  constructor(path: string, reader: FolderReader, onRead: (folder: TrackedFolder) => void) {
    this.path = path
    this.#reader = reader
    this.#onRead = onRead
  }

  get isWatched(): boolean {
    return this.#watch !== undefined
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  /** Whether the folder existed when it was last read. */
  get exists(): boolean {
    return this.#folder !== undefined
  }

  /** How much memory it takes, in entries. */
  get weight(): number {
    return 1 + (this.#folder?.all.length ?? 0)
  }

  /** The folder as it is now, or was up to a moment ago. */
  async current(): Promise<Folder | undefined> {
    this.askedAt = performance.now()
    return this.#reading ?? ((await this.#isGood()) ? this.#folder : this.#read())
  }

  /** Starts to watch it: readings before this may have missed changes. */
  watch(): void {
    if (this.#watch !== undefined) return
    this.#isChanged = true
    this.#watch = this.#reader.watch(this.path, () => this.#changed())
  }

  unwatch(): void {
    void this.#watch?.then((end) => end?.())
    this.#watch = undefined
  }

  /**
   * Calls `listener` soon with the version that the folder has now, and then for each further one.
   *
   * @returns removes the listener.
   */
  listen(listener: FolderListener): () => void {
    const remove = this.#listeners.add(listener)
    void this.current().then(
      () => this.#notify(),
      () => this.#changed(),
    )
    return () => {
      remove()
      if (this.hasListeners) return
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  #changed(): void {
    this.#isChanged = true
    if (this.hasListeners) this.#readSoon()
  }

  /** For the listeners: not later for further changes, or a growing file would never show. */
  #readSoon(): void {
    const pause = Math.max(this.#trust, this.#folder?.isGrowing ? GROWING_MS : 0)
    const wait = Math.max(SETTLE_MS, this.#readAt + pause - performance.now())
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.current().catch(() => undefined)
    }, wait).unref()
  }

  get #trust(): number {
    return Math.min(COST_FACTOR * this.#cost, MAX_TRUST_MS)
  }

  async #isGood(): Promise<boolean> {
    if (this.#folder === undefined) return false
    const now = performance.now()
    const age = now - this.#readAt
    if (age < this.#trust) return true
    const isWatched = (await this.#watch) !== undefined
    // A writer may not be seen: some file systems have no events, and the watch is none on the target of a link.
    const limit = isWatched && !this.#folder.isGrowing ? WATCHED_MS : UNWATCHED_MS
    if (this.#isChanged || age > limit) return false
    if (now - this.#checkedAt < CHECK_MS) return true
    this.#checkedAt = now
    return (await this.#reader.stamp(this.path)) === this.#folder.stamp
  }

  #read(): Promise<Folder | undefined> {
    // Requests that waited for the same check share the reading.
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #readNow(): Promise<Folder | undefined> {
    await this.#watch
    this.#isChanged = false
    const started = performance.now()
    const listing = await this.#reader.read(this.path).catch((error) => {
      this.#isChanged = true
      throw error
    })
    const before = this.#folder
    const folder = listing && new Folder(this.path, listing)
    // What cost time stays: the orders and texts that were made of it.
    this.#folder = folder?.version === before?.version && folder?.stamp === before?.stamp ? before : folder
    this.#readAt = this.#checkedAt = performance.now()
    this.#cost = this.#readAt - started
    // Another folder has taken its place, and the watch is on the old one.
    if (this.isWatched && before?.identity !== folder?.identity && before !== undefined) {
      this.unwatch()
      if (folder !== undefined) this.watch()
    }
    this.#onRead(this)
    this.#notify()
    return this.#folder
  }

  #notify(): void {
    this.#listeners.notify(this.#folder?.version ?? '')
  }
}
