/** Loads the entries of a folder as they come into view, and again when the folder changes. */
import { type Listing, loadAll, loadMore, type Query } from './library-pages.ts'

export interface LoaderOptions {
  /** Called with what is known, whenever that is more or other than before. */
  onListing(listing: Listing): void
  /** Called when an attempt has failed. There is no further one until the reader or the folder gives reason to. */
  onFault(error: unknown): void
  onBusy(isBusy: boolean): void
}

/** Milliseconds between two times that the folder is loaded again. */
const MIN_PAUSE = 300

export class FolderLoader {
  readonly #options: LoaderOptions
  #query: Query
  #listing: Listing | undefined
  #loading: AbortController | undefined
  #hasFailed = false
  #isRefreshing = false
  /** Whether the folder has changed while it was loaded again. */
  #isStale = false
  /** How many entries are in view or were scrolled past. */
  #wanted = 0

  constructor(query: Query, options: LoaderOptions) {
    this.#query = query
    this.#options = options
  }

  get query(): Query {
    return this.#query
  }

  get listing(): Listing | undefined {
    return this.#listing
  }

  /** Takes what the page has brought along. */
  start(listing: Listing | undefined): void {
    if (listing === undefined) void this.#load()
    else this.#take(listing)
  }

  /** Loads up to an index, exclusive, unless something is being loaded: then it goes on with that afterwards. */
  want(count: number): void {
    this.#wanted = count
    if (this.#loading === undefined && !this.#hasFailed) void this.#load()
  }

  /** Loads another list from its front. Resolves with whether it is shown. */
  ask(query: Query): Promise<boolean> {
    this.#query = query
    this.#wanted = 0
    return this.#attempt((signal) => loadMore(query, undefined, 0, signal))
  }

  /** Tries again what has failed. */
  retry(): void {
    void (this.#listing === undefined ? this.#load() : this.#reload())
  }

  /** Loads the folder again, as far as it is in view; once more, if it changes in the meantime. */
  async refresh(): Promise<void> {
    this.#isStale = true
    if (this.#isRefreshing) return
    this.#isRefreshing = true
    while (this.#isStale) {
      this.#isStale = false
      const began = performance.now()
      await this.#reload()
      // A folder with a growing file changes all the time: loading it takes a fifth of the time at most.
      const pause = Math.max(MIN_PAUSE, 4 * (performance.now() - began))
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    this.#isRefreshing = false
  }

  #reload(): Promise<boolean> {
    return this.#attempt((signal) => loadAll(this.#query, this.#wanted, signal))
  }

  async #load(): Promise<void> {
    while (this.#listing === undefined || this.#lacks(this.#listing)) {
      const before = this.#listing
      if (!(await this.#attempt((signal) => loadMore(this.#query, before, this.#wanted, signal)))) return
    }
  }

  #lacks({ next, entries }: Listing): boolean {
    return next !== undefined && this.#wanted > entries.length
  }

  /** Takes what is loaded, unless something else is loaded by then. Whether it did. */
  async #attempt(work: (signal: AbortSignal) => Promise<Listing>): Promise<boolean> {
    this.#loading?.abort()
    const controller = new AbortController()
    this.#loading = controller
    this.#options.onBusy(true)
    try {
      const loaded = await work(controller.signal)
      if (this.#loading !== controller) return false
      this.#hasFailed = false
      this.#take(loaded)
      return true
    } catch (error) {
      if (this.#loading !== controller) return false
      this.#hasFailed = true
      this.#options.onFault(error)
      return false
    } finally {
      if (this.#loading === controller) {
        this.#loading = undefined
        this.#options.onBusy(false)
      }
    }
  }

  #take(listing: Listing): void {
    this.#listing = listing
    this.#options.onListing(listing)
  }
}
