import { type FSWatcher, watch } from 'node:fs'

/** How often a file is looked at, in milliseconds. */
export interface Pace {
  /** After a change, at the earliest this long after the last look: a writer may write thousands of times a second. */
  readonly soonest: number
  /** Without a change that was told: it may not have been. */
  readonly latest: number
  /** Where the file system does not tell of changes. */
  readonly blind: number
}

/** What a {@link FileWatch} needs. */
export interface WatchOptions {
  readonly pace: Pace
  /** Whether the file system may not tell of changes that another machine has made. */
  readonly isRemote: boolean
  /** Looks at the file. Never rejects. */
  readonly look: () => Promise<void>
  /** When the file was looked at last, for whatever reason, by `performance.now()`. */
  readonly lookedAt: () => number
  /** Whether anybody wants to know. */
  readonly isWanted: () => boolean
}

/**
 * Looks at a file whenever it has changed, and now and then, for as long as anybody wants to know. It goes on for a
 * little longer: a reader that follows its writer waits again and again.
 */
export class FileWatch {
  readonly #options: WatchOptions
  #watcher: FSWatcher | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lookAt = Number.POSITIVE_INFINITY
  #isOver = false

  constructor(path: string, options: WatchOptions) {
    this.#options = options
    if (!options.isRemote) this.#subscribe(path)
    this.wanted()
  }

  /** Whether it has ended: nobody wanted it any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Somebody wants to know, since just now: what has changed before was not told. */
  wanted(): void {
    const { pace, lookedAt } = this.#options
    const after = this.#watcher === undefined ? pace.blind : pace.soonest
    this.#lookIn(Math.max(0, lookedAt() + after - performance.now()))
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }

  #subscribe(path: string): void {
    try {
      this.#watcher = watch(path, { persistent: false }, () => {
        if (this.#options.isWanted()) this.wanted()
      })
      // Some runtimes tell so, later, where the others throw.
      this.#watcher.on('error', () => {
        this.#unsubscribe()
        this.#rest()
      })
    } catch {
      // No such file by now, no events on this file system, or too many watches. Looking now and then is enough.
    }
  }

  #unsubscribe(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #rest(): void {
    const { latest, blind } = this.#options.pace
    this.#lookIn(this.#watcher === undefined ? blind : latest)
  }

  /** The next look is after this many milliseconds, unless it is sooner anyway. */
  #lookIn(delay: number): void {
    const at = performance.now() + delay
    if (this.#isOver || at >= this.#lookAt) return
    clearTimeout(this.#timer)
    this.#lookAt = at
    this.#timer = setTimeout(() => void this.#look(), delay)
    // The time-out of those who wait keeps the process alive.
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    this.#lookAt = Number.POSITIVE_INFINITY
    if (!this.#options.isWanted()) return this.end()
    await this.#options.look()
    this.#rest()
  }
}
