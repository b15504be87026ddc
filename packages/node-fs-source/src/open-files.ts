import { fstatSync, stat } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ReprDigests, Validators } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import { fileValidators, isSettled } from './file-validators.ts'
import { closeFile, type OpenFile, openFile } from './open-file.ts'
import { sidecarDigests } from './sidecar-digest.ts'

const statPath = promisify(stat)

export interface OpenFilesOptions {
  /** How many files may stay open while nobody reads them. */
  readonly maxOpenFiles: number
  /** How long an open file is trusted to be what its path names, in milliseconds; 0: never. */
  readonly revalidateAfter: number
  /** Whether digests are read from sidecars. */
  readonly digests: boolean
}

/** A file that several requests may share. Whoever got it from `acquire` calls `release` once. */
export interface SharedFile extends OpenFile {
  /** What tells this version from others, as of now. */
  readonly validators: Validators
  readonly digests: ReprDigests | undefined
  release(): void
}

/** Closes files that nobody asked for within this many milliseconds. */
const IDLE = 500

/**
 * The files below a root that are open. Opening a file costs more than reading a small range of it, so a file
 * stays open between requests that follow one another, and is closed when they cease.
 */
export class OpenFiles {
  readonly #root: string
  readonly #options: OpenFilesOptions
  readonly #entries: LRUCache<string, Entry>
  readonly #opening = new Map<string, Promise<Entry | undefined>>()
  #sweeping = false

  constructor(root: string, options: OpenFilesOptions) {
    this.#root = root
    this.#options = options
    this.#entries = new LRUCache<string, Entry>({
      max: Math.max(1, options.maxOpenFiles),
      dispose: (entry) => entry.retire(),
    })
  }

  /** The file that a key names now (as of `revalidateAfter` ago), or `undefined`. */
  acquire(key: string): SharedFile | undefined | Promise<SharedFile | undefined> {
    const known = this.#entries.get(key)?.use()
    if (known === undefined) return this.#openShared(key)
    return this.#isTrusted(known) ? known : this.#openUnlessCurrent(key, known)
  }

  async #openUnlessCurrent(key: string, known: Entry): Promise<SharedFile | undefined> {
    if (await this.#isCurrent(key, known)) return known
    known.release()
    return this.#openShared(key)
  }

  /** Requests that come while a file is being opened share it. */
  async #openShared(key: string): Promise<SharedFile | undefined> {
    let opening = this.#opening.get(key)
    if (opening === undefined) {
      opening = this.#open(key).finally(() => this.#opening.delete(key))
      this.#opening.set(key, opening)
    }
    return (await opening)?.use()
  }

  async #open(key: string): Promise<Entry | undefined> {
    const file = await openFile(this.#root, key).catch((error: unknown) => {
      // Nobody needs the idle ones as much as this request does: the next attempt may work.
      this.#entries.clear()
      throw error
    })
    if (file === undefined) {
      this.#entries.delete(key)
      return undefined
    }
    // Held until those who waited for it have it too.
    const entry = new Entry(file, await this.#digestsOf(key, file)).use()
    setImmediate(() => entry.release())
    if (this.#options.maxOpenFiles > 0) {
      this.#entries.set(key, entry)
      this.#sweepLater()
    } else {
      entry.retire()
    }
    return entry
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

  #isTrusted(entry: Entry): boolean {
    const now = Date.now()
    // A file that was just changed may be changed again: it is looked at every time.
    return (
      now - entry.checkedAt < this.#options.revalidateAfter &&
      isSettled(entry.stats, now) &&
      isUnchanged(entry)
    )
  }

  async #isCurrent(key: string, entry: Entry): Promise<boolean> {
    const { stats } = entry
    const there = await statPath(join(this.#root, key), { bigint: true }).catch(() => undefined)
    if (
      there?.ino !== stats.ino ||
      there.dev !== stats.dev ||
      there.size !== stats.size ||
      there.mtimeNs !== stats.mtimeNs ||
      there.ctimeNs !== stats.ctimeNs
    ) {
      return false
    }
    entry.checkedAt = Date.now()
    return true
  }

  #sweepLater(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    setTimeout(() => {
      this.#sweeping = false
      const now = Date.now()
      for (const [key, entry] of this.#entries.entries()) {
        if (now - entry.usedAt >= IDLE) this.#entries.delete(key)
      }
      if (this.#entries.size > 0) this.#sweepLater()
    }, IDLE / 2).unref()
  }
}

/**
 * Whether an open file is what it was when it was opened: one that is written to in place must not be sent under
 * the validators of what it was. Asked of the descriptor, that takes a microsecond.
 */
function isUnchanged({ fd, stats }: OpenFile): boolean {
  try {
    const now = fstatSync(fd, { bigint: true })
    return now.size === stats.size && now.mtimeNs === stats.mtimeNs
  } catch {
    return false
  }
}

/** An open file, closed when it is neither kept nor in use. */
class Entry implements SharedFile {
  readonly fd: number
  readonly stats: OpenFile['stats']
  readonly digests: ReprDigests | undefined
  checkedAt = Date.now()
  usedAt = Date.now()
  retired = false
  #users = 0
  #validators: Validators | undefined

  constructor(file: OpenFile, digests: ReprDigests | undefined) {
    this.fd = file.fd
    this.stats = file.stats
    this.digests = digests
  }

  use(): this {
    this.#users++
    return this
  }

  get validators(): Validators {
    if (this.#validators !== undefined) return this.#validators
    const now = Date.now()
    const validators = fileValidators(this.stats, now)
    if (isSettled(this.stats, now)) this.#validators = validators
    return validators
  }

  release(): void {
    this.#users--
    this.usedAt = Date.now()
    this.#closeIfDone()
  }

  /** Not to be given out any more. */
  retire(): void {
    this.retired = true
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (this.retired && this.#users === 0) void closeFile(this)
  }
}
