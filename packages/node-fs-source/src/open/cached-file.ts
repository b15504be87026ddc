import { type BigIntStats, fstatSync } from 'node:fs'
import type { EntityTag, MaybePromise, ReprDigests, Validators } from '@rangekit/range-core'
import type { AdaptiveRead } from '../read/adaptive-read.ts'
import { closeFile } from '../read/close-file.ts'
import { fileValidators, isRecent } from './file-validators.ts'
import { fstatFd, type OpenFile } from './open-file.ts'

/** A file that several requests may share. Each caller that got it from `acquire` calls `release` once. */
export interface SharedFile extends OpenFile {
  /** Identify this version, as of when its path was last checked. */
  readonly validators: Validators
  readonly digests: ReprDigests | undefined
  /** Whether it is still being written: its length is that of the moment. */
  readonly isGrowing: boolean
  release(): void
}

/** What is known of a file from elsewhere. */
export interface AboutFile {
  readonly isGrowing: boolean
  readonly digests: ReprDigests | undefined
  /** The tag that it has been given before. Default: its own. */
  readonly etag: EntityTag | undefined
}

/** An open file that closes itself when it is neither cached nor in use. */
export class CachedFile implements SharedFile {
  readonly fd: number
  readonly stats: BigIntStats
  readonly remote: boolean
  readonly adaptiveRead: AdaptiveRead
  readonly digests: ReprDigests | undefined
  readonly isGrowing: boolean
  readonly #etag: EntityTag | undefined
  readonly #onClose: () => void
  checkedAt: number
  checkedDate: number
  /** Whether each request must check the path again, see `isRecent`. */
  isRecent: boolean
  /** When a request last released it, by `performance.now()`. */
  usedAt = performance.now()
  #evicted = false
  #users = 0
  #strong: Validators | undefined

  /** @param onClose is called once, when it closes. */
  constructor(file: OpenFile, { digests, isGrowing, etag }: AboutFile, onClose: () => void) {
    this.fd = file.fd
    this.stats = file.stats
    this.remote = file.remote
    this.adaptiveRead = file.adaptiveRead
    this.checkedAt = file.checkedAt
    this.checkedDate = file.checkedDate
    this.isRecent = isRecent(file.stats, file.checkedDate)
    this.digests = digests
    this.isGrowing = isGrowing
    this.#etag = etag
    this.#onClose = onClose
  }

  get isIdle(): boolean {
    return this.#users === 0
  }

  get validators(): Validators {
    const validate = () => {
      const own = fileValidators(this.stats, this.checkedDate, this.remote)
      return this.#etag === undefined ? own : { ...own, etag: this.#etag }
    }
    // A recent file may not have settled yet: its validators must not be kept.
    if (this.isRecent) return validate()
    this.#strong ??= validate()
    return this.#strong
  }

  /** Whether a file that was just opened is this version; if so, takes over the time at which its path was checked. */
  renew({ stats, checkedAt, checkedDate }: OpenFile): boolean {
    if (!isSameVersion(stats, this.stats)) return false
    this.checkedAt = checkedAt
    this.checkedDate = checkedDate
    this.isRecent = isRecent(stats, checkedDate)
    return true
  }

  /**
   * Whether the file is unchanged since it was opened: a file that is overwritten in place must not be sent under its
   * old validators. Asks the descriptor, which takes a microsecond, on the calling thread where the file's reads are
   * fast.
   *
   * @param now the time by `performance.now()`.
   */
  isUnchanged(now: number): MaybePromise<boolean> {
    const { fd, stats, adaptiveRead } = this
    if (!adaptiveRead.mayBlock(now)) {
      const current = adaptiveRead.track(() => fstatFd(fd, { bigint: true }))
      return current.then(
        (latest) => isSameContent(latest, stats),
        () => false,
      )
    }
    try {
      return isSameContent(fstatSync(fd, { bigint: true }), stats)
    } catch {
      return false
    } finally {
      adaptiveRead.recordBlocking(now)
    }
  }

  use(): this {
    this.#users++
    return this
  }

  release(): void {
    this.#users--
    this.usedAt = performance.now()
    this.#closeIfDone()
  }

  /** The cache no longer holds it: it closes with its last user. */
  evict(): void {
    this.#evicted = true
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (!this.#evicted || this.#users > 0) return
    this.#onClose()
    void closeFile(this)
  }
}

function isSameContent(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs
}

function isSameVersion(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.ctimeNs === b.ctimeNs && isSameContent(a, b)
}
