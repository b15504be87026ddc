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
  /** Whether to go on, asked after each look. */
  readonly isWanted: () => boolean
}

/** Looks at a file whenever it has changed, and now and then. */
export class FileWatch {
  readonly #options: WatchOptions
  #watcher: FSWatcher | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #lookAt = Number.POSITIVE_INFINITY
  #lookedAt = performance.now()
  #isOver = false

  constructor(path: string, options: WatchOptions) {
    this.#options = options
    if (!options.isRemote) this.#subscribe(path)
    this.#lookIn(this.#rest())
  }

  /** Whether it has ended: nobody wanted it any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  end(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#watcher?.close()
    this.#watcher = undefined
  }

  #subscribe(path: string): void {
    try {
      this.#watcher = watch(path, { persistent: false }, () => this.#changed())
      this.#watcher.on('error', () => {
        this.#watcher?.close()
        this.#watcher = undefined
      })
    } catch {
      // No such file by now, no events on this file system, or too many watches. Looking now and then is enough.
    }
  }

  #rest(): number {
    const { latest, blind } = this.#options.pace
    return this.#watcher === undefined ? blind : latest
  }

  #changed(): void {
    const { soonest } = this.#options.pace
    this.#lookIn(Math.max(0, this.#lookedAt + soonest - performance.now()))
  }

  /** The next look is after this many milliseconds, unless it is sooner anyway. */
  #lookIn(delay: number): void {
    const at = performance.now() + delay
    if (this.#isOver || at >= this.#lookAt) return
    clearTimeout(this.#timer)
    this.#lookAt = at
    this.#timer = setTimeout(() => void this.#look(), delay)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    this.#lookAt = Number.POSITIVE_INFINITY
    this.#lookedAt = performance.now()
    await this.#options.look()
    if (!this.#options.isWanted()) this.end()
    else this.#lookIn(this.#rest())
  }
}
