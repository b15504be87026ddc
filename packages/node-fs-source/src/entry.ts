import { type BigIntStats, fstat, fstatSync } from 'node:fs'
import { promisify } from 'node:util'
import type { MaybePromise, ReprDigests, Validators } from '@rangekit/range-core'
import type { Pace } from './adaptive-read.ts'
import { fileValidators, isRecent } from './file-validators.ts'
import { closeFile, type OpenFile } from './open-file.ts'

const fstatFd = promisify(fstat)

/** A file that several requests may share. Each that got it from `acquire` calls `release` once. */
export interface SharedFile extends OpenFile {
  /** Identify this version, as of when its path was last looked at. */
  readonly validators: Validators
  readonly digests: ReprDigests | undefined
  release(): void
}

/** An open file, closed when it is neither kept nor in use. */
export class Entry implements SharedFile {
  readonly fd: number
  readonly stats: BigIntStats
  readonly remote: boolean
  readonly pace: Pace
  readonly digests: ReprDigests | undefined
  checkedAt: number
  checkedDate: number
  /** Whether each request must look at the path again, see `isRecent`. */
  isRecent: boolean
  /** When a request last released it, by `performance.now()`. */
  usedAt = performance.now()
  #retired = false
  #users = 0
  #strong: Validators | undefined

  constructor(file: OpenFile, digests: ReprDigests | undefined) {
    this.fd = file.fd
    this.stats = file.stats
    this.remote = file.remote
    this.pace = file.pace
    this.checkedAt = file.checkedAt
    this.checkedDate = file.checkedDate
    this.isRecent = isRecent(file.stats, file.checkedDate)
    this.digests = digests
  }

  get isIdle(): boolean {
    return this.#users === 0
  }

  get validators(): Validators {
    const validate = () => fileValidators(this.stats, this.checkedDate, this.remote)
    // It may not have settled yet.
    if (this.isRecent) return validate()
    this.#strong ??= validate()
    return this.#strong
  }

  /** Whether a descriptor that was opened just now is one of this version; if so, notes when its path was checked. */
  renew({ stats, checkedAt, checkedDate }: OpenFile): boolean {
    if (!isSameVersion(stats, this.stats)) return false
    this.checkedAt = checkedAt
    this.checkedDate = checkedDate
    this.isRecent = isRecent(stats, checkedDate)
    return true
  }

  /**
   * Whether the file is what it was when it was opened: one that is overwritten in place must not be sent under its old
   * validators. Asks the descriptor, on the calling thread where the file's reads are quick: that takes a microsecond.
   *
   * @param now of `performance.now()`.
   */
  isUnchanged(now: number): MaybePromise<boolean> {
    const { fd, stats, pace } = this
    if (!pace.mayBlock(now)) {
      const looked = pace.hold(() => fstatFd(fd, { bigint: true }))
      return looked.then(
        (there) => isSameContent(there, stats),
        () => false,
      )
    }
    try {
      return isSameContent(fstatSync(fd, { bigint: true }), stats)
    } catch {
      return false
    } finally {
      pace.blocked(now)
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

  /** Not to be given out any more. */
  retire(): void {
    this.#retired = true
    this.#closeIfDone()
  }

  #closeIfDone(): void {
    if (this.#retired && this.#users === 0) void closeFile(this)
  }
}

function isSameContent(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs
}

function isSameVersion(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.ctimeNs === b.ctimeNs && isSameContent(a, b)
}
