import type { MaybePromise } from '@rangekit/range-core'
import { type OpenFile, openFile } from '../open/open-file.ts'
import { closeFile } from '../read/close-file.ts'
import { GrowingFile } from './growing-file.ts'
import { GROW_TIMEOUT, type GrowingOptions } from './growing-options.ts'
import { fileStats, type Writing, writingAside, writingInPlace } from './writing.ts'

/** The files below a root that are being written. Requests for the same one share it. */
export class GrowingFiles {
  readonly #root: string
  readonly #options: GrowingOptions
  readonly #files = new Map<string, GrowingFile>()
  readonly #openings = new Map<string, Promise<GrowingFile | undefined>>()

  constructor(root: string, options: GrowingOptions) {
    this.#root = root
    this.#options = options
  }

  /** The file that a key names, if requests for it are under way and it is still being written. Call its `release` once. */
  acquire(key: string): MaybePromise<GrowingFile | undefined> {
    const file = this.#files.get(key)
    return file && this.#current(key, file)
  }

  async #current(key: string, file: GrowingFile): Promise<GrowingFile | undefined> {
    if (!file.isOver) {
      file.use()
      await file.look()
      if (!file.isOver) return file
      file.release()
    }
    if (this.#files.get(key) === file) this.#files.delete(key)
    return undefined
  }

  /** Whether a file that has its final name is still being written. */
  async isInPlace(key: string, file: OpenFile): Promise<boolean> {
    return (await writingInPlace(this.#root, key, file, this.#options)) !== undefined
  }

  /** Opens the file that a key names while it is being written, under its final name or another one. */
  async open(key: string): Promise<GrowingFile | undefined> {
    let opening = this.#openings.get(key)
    if (opening === undefined) {
      opening = this.#open(key).finally(() => this.#openings.delete(key))
      this.#openings.set(key, opening)
    }
    // The one who opens it uses it until the others had their turn.
    return (await opening)?.use()
  }

  async #open(key: string): Promise<GrowingFile | undefined> {
    const own = await openFile(this.#root, key)
    const writing = await this.#writingOf(key, own)
    if (writing === undefined) return undefined
    const file = await openFile(this.#root, writing.held)
    if (file === undefined) return undefined
    let opened: GrowingFile | undefined
    try {
      const facts = await writing.facts(fileStats(file))
      if (facts === undefined) return undefined
      const { timeout = GROW_TIMEOUT } = this.#options
      opened = new GrowingFile(this.#root, file, writing, facts, timeout)
    } finally {
      if (opened === undefined) await closeFile(file)
    }
    opened.use()
    setImmediate(() => opened.release())
    this.#files.set(key, opened)
    return opened
  }

  async #writingOf(key: string, own: OpenFile | undefined): Promise<Writing | undefined> {
    if (own === undefined) return writingAside(this.#root, key, this.#options)
    try {
      return await writingInPlace(this.#root, key, own, this.#options)
    } finally {
      await closeFile(own)
    }
  }
}
