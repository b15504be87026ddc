import { setTimeout as sleep } from 'node:timers/promises'
import type { MaybePromise, ReprDigests } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import { Entry, type SharedFile } from './entry.ts'
import { settlesIn, TICK } from './file-validators.ts'
import { closeFile, type OpenFile, openFile } from './open-file.ts'
import { sidecarDigests } from './sidecar-digest.ts'

export interface OpenFilesOptions {
  /** How many files may stay open while nobody reads them. */
  readonly maxOpenFiles: number
  /** How long an open file is trusted to be what its path names, in milliseconds; 0: never. */
  readonly revalidateAfter: number
  /** Whether digests are read from sidecars. */
  readonly digests: boolean
}

type MaybeEntry = Entry | undefined

interface Opening {
  readonly current: Promise<MaybeEntry>
  /** The opening after this one, for requests that must not take the result of one that began before them. */
  next: Promise<MaybeEntry> | undefined
}

/** Closes files that nobody asked for within this many milliseconds. */
const IDLE = 500
/** A timer and a clock that keep whole milliseconds: the one may ring so many before the other has got there. */
const EARLY = 2

/**
 * The files below a root that are open. Opening a file costs more than reading a small range of it, so a file
 * stays open between requests that follow one another, and is closed when they cease.
 */
export class OpenFiles {
  readonly #root: string
  readonly #options: OpenFilesOptions
  readonly #entries: LRUCache<string, Entry>
  readonly #openings = new Map<string, Opening>()
  #sweeping = false

  constructor(root: string, options: OpenFilesOptions) {
    this.#root = root
    this.#options = options
    this.#entries = new LRUCache<string, Entry>({
      max: Math.max(1, options.maxOpenFiles),
      dispose: (entry) => entry.retire(),
    })
  }

  /**
   * The file that a key names now (as of `revalidateAfter` ago), or `undefined`. Without a promise for a file whose
   * reads are quick: most requests are for the same few files.
   */
  acquire(key: string): MaybePromise<SharedFile | undefined> {
    const { revalidateAfter } = this.#options
    const known = this.#entries.get(key)
    if (known === undefined) return this.#openShared(key, revalidateAfter === 0)
    // A file that was just changed may be changed again: each request looks at it.
    if (known.isRecent) return this.#openShared(key, true)
    const now = performance.now()
    if (now - known.checkedAt >= revalidateAfter) return this.#openShared(key, revalidateAfter === 0)
    const unchanged = known.use().isUnchanged(now)
    return unchanged === true ? known : this.#openIfChanged(key, known, unchanged)
  }

  async #openIfChanged(
    key: string,
    known: Entry,
    unchanged: MaybePromise<boolean>,
  ): Promise<SharedFile | undefined> {
    if (await unchanged) return known
    known.release()
    return this.#openShared(key, true)
  }

  /**
   * Requests that come while a file is being opened share it.
   *
   * @param mustLook whether the file must be opened after the request came: such requests share the next opening.
   */
  async #openShared(key: string, mustLook: boolean): Promise<SharedFile | undefined> {
    const opening = this.#openings.get(key)
    const begin = () => this.#begin(key)
    if (opening === undefined) return (await begin())?.use()
    if (!mustLook) return (await opening.current)?.use()
    opening.next ??= opening.current.then(begin, begin)
    return (await opening.next)?.use()
  }

  #begin(key: string): Promise<MaybeEntry> {
    const current = this.#open(key).finally(() => this.#openings.delete(key))
    this.#openings.set(key, { current, next: undefined })
    return current
  }

  /**
   * Opens a file with all checks, even where it is known: a folder on its path may have been moved or replaced by a
   * link. Where the version is the same, the known entry stays, with what it has learned about the file's reads.
   */
  async #open(key: string): Promise<MaybeEntry> {
    let file = await this.#openFile(key)
    const wait = file === undefined ? 0 : settlesIn(file.stats, file.checkedDate, file.remote)
    // A file that was put there this very moment gets the tag that it will keep: a cache that joins parts of a file
    // (nginx's slices) gives up a transfer whose first part had another. One that goes on changing is not waited for.
    if (file !== undefined && wait > 0 && wait <= TICK) {
      await closeFile(file)
      await sleep(wait + EARLY)
      file = await this.#openFile(key)
    }
    if (file === undefined) {
      this.#entries.delete(key)
      return undefined
    }
    const entry = this.#renewed(key, file) ?? new Entry(file, await this.#digestsOf(key, file))
    // Held until those who waited for it have it too.
    entry.use()
    setImmediate(() => entry.release())
    this.#keep(key, entry)
    return entry
  }

  async #openFile(key: string): Promise<OpenFile | undefined> {
    try {
      return await openFile(this.#root, key)
    } catch (error) {
      // Nobody needs the idle ones as much as this request does: the next attempt may work.
      this.#entries.clear()
      throw error
    }
  }

  /** The known entry, if `file` is the same version; `file` is closed then. */
  #renewed(key: string, file: OpenFile): MaybeEntry {
    const known = this.#entries.get(key)
    if (!known?.renew(file)) return undefined
    void closeFile(file)
    return known
  }

  #keep(key: string, entry: Entry): void {
    if (this.#options.maxOpenFiles > 0) {
      this.#entries.set(key, entry)
      this.#sweepLater()
    } else {
      entry.retire()
    }
  }

  async #digestsOf(key: string, file: OpenFile): Promise<ReprDigests | undefined> {
    if (!this.#options.digests) return undefined
    try {
      return await sidecarDigests(this.#root, key, file)
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
      for (const [key, entry] of this.#entries.entries()) {
        if (entry.isIdle && now - entry.usedAt >= IDLE) this.#entries.delete(key)
      }
      if (this.#entries.size > 0) this.#sweepLater()
    }, IDLE / 2).unref()
  }
}
