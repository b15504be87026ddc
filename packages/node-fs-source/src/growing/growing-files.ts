import { type MaybePromise, SourceBusyError } from '@rangekit/range-core'
import { type OpenFile, openFile } from '../open/open-file.ts'
import { closeFile } from '../read/close-file.ts'
import { GrowingFile } from './growing-file.ts'
import { GROW_TIMEOUT, type GrowingOptions } from './growing-options.ts'
import { isJustAllocated, type Writing, writingAside, writingInPlace } from './writer/writing.ts'

/** The files below a root that are being written. Requests for the same one share it. */
export class GrowingFiles {
  readonly #root: string
  readonly #options: GrowingOptions
  readonly #files = new Map<string, GrowingFile>()
  readonly #openings = new Map<string, Promise<GrowingFile | undefined>>()
  #openFiles = 0

  constructor(root: string, options: GrowingOptions) {
    this.#root = root
    this.#options = options
  }

  /** How many of them are open. */
  get openFiles(): number {
    return this.#openFiles
  }

  /** The file that a key names, if requests for it are under way and it is still being written. Call its `release` once. */
  acquire(key: string): MaybePromise<GrowingFile | undefined> {
    const file = this.#files.get(key)
    return file && currentOf(file)
  }

  /** Whether a file keeps its tag when it is complete. */
  get keepsTags(): boolean {
    return this.#options.keepTag !== false
  }

  /** Whether a file that has its final name is still being written. */
  async isInPlace(key: string, file: OpenFile): Promise<boolean> {
    // In this order: what is not empty any more has been announced before.
    const isEmpty = await isJustAllocated(file)
    if ((await writingInPlace(this.#root, key, file, this.#options)) !== undefined) return true
    if (isEmpty) throw new SourceBusyError('The file was created just now, and is still empty')
    return false
  }

  /**
   * Opens the file that a key names while it is being written.
   *
   * @param isInPlace whether it has its final name.
   */
  async open(key: string, isInPlace: boolean): Promise<GrowingFile | undefined> {
    const file = await this.acquire(key)
    if (file !== undefined) return file
    let opening = this.#openings.get(key)
    if (opening === undefined) {
      opening = this.#open(key, isInPlace).finally(() => this.#openings.delete(key))
      this.#openings.set(key, opening)
    }
    // The one who opens it uses it until the others had their turn.
    return (await opening)?.use()
  }

  async #open(key: string, isInPlace: boolean): Promise<GrowingFile | undefined> {
    const writing = await (isInPlace ? this.#openInPlace(key) : writingAside(this.#root, key, this.#options))
    if (writing === undefined) return undefined
    const { timeout = GROW_TIMEOUT } = this.#options
    let file: GrowingFile | undefined
    try {
      const onOver = () => {
        if (this.#files.get(key) === file) this.#files.delete(key)
      }
      const onClose = () => {
        this.#openFiles--
      }
      file = await GrowingFile.open({ root: this.#root, writing, timeout, onOver, onClose })
    } finally {
      if (file === undefined) await closeFile(writing.file)
    }
    if (file === undefined) return undefined
    this.#openFiles++
    const opened = file.use()
    setImmediate(() => opened.release())
    this.#files.set(key, opened)
    return opened
  }

  async #openInPlace(key: string): Promise<Writing | undefined> {
    const file = await openFile(this.#root, key)
    if (file === undefined) return undefined
    let writing: Writing | undefined
    try {
      writing = await writingInPlace(this.#root, key, file, this.#options)
    } finally {
      if (writing === undefined) await closeFile(file)
    }
    return writing
  }
}

async function currentOf(file: GrowingFile): Promise<GrowingFile | undefined> {
  if (file.isOver) return undefined
  file.use()
  await file.look()
  if (!file.isOver) return file
  file.release()
  return undefined
}
