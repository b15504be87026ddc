import { andThen, type MaybePromise } from '@rangekit/range-core'
import type { Reader } from '../read/adaptive-read.ts'
import { type ReadableFile, readInto } from '../read/read-into.ts'

const LENGTH = 64

/**
 * The last bytes of what was there of a file at some moment. A file that was cut since does not have them, and one that
 * was written anew almost certainly has others: its length alone does not tell, once it has grown past that point.
 */
export class TailProof {
  readonly #position: number
  readonly #bytes: Uint8Array

  private constructor(position: number, bytes: Uint8Array) {
    this.#position = position
    this.#bytes = bytes
  }

  /** @returns `undefined` if the file is shorter than `frontier`. */
  static async take(file: ReadableFile, frontier: number): Promise<TailProof | undefined> {
    const bytes = new Uint8Array(Math.min(LENGTH, frontier))
    const position = frontier - bytes.byteLength
    const count = bytes.byteLength === 0 ? 0 : await readInto(file, bytes, position)
    return count < bytes.byteLength ? undefined : new TailProof(position, bytes)
  }

  /** Whether the file still has these bytes. */
  holds(file: ReadableFile, reader?: Reader): MaybePromise<boolean> {
    if (this.#bytes.byteLength === 0) return true
    const bytes = new Uint8Array(this.#bytes.byteLength)
    return andThen(
      readInto(file, bytes, this.#position, reader),
      (count) => count === bytes.byteLength && bytes.every((byte, index) => byte === this.#bytes[index]),
    )
  }
}
