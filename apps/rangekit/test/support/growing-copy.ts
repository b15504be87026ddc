import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { TestFolder } from '@rangekit/test-kit/folder'

/** A file that is written as a downloader does it: to `NAME.part`, whose final length is in `NAME.part.length`. */
export class GrowingCopy {
  readonly #path: string
  readonly #bytes: Uint8Array
  #length = 0

  /** @param isKnown whether the final length is told. */
  constructor(folder: TestFolder, name: string, bytes: Uint8Array, isKnown = true) {
    this.#path = folder.at(name)
    this.#bytes = bytes
    writeFileSync(`${this.#path}.part`, '')
    if (isKnown) writeFileSync(`${this.#path}.part.length`, `${bytes.byteLength}\n`)
  }

  /** Writes up to a share of the file. */
  growTo(share: number): void {
    const end = Math.floor(this.#bytes.byteLength * share)
    appendFileSync(`${this.#path}.part`, this.#bytes.subarray(this.#length, end))
    this.#length = end
  }

  /** Writes the rest, and gives the file its final name. */
  finish(): void {
    this.growTo(1)
    renameSync(`${this.#path}.part`, this.#path)
    rmSync(`${this.#path}.part.length`, { force: true })
  }
}
