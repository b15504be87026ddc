import { andThen, type MaybePromise } from '@rangekit/range-core'
import type { Reader } from '../../read/adaptive-read.ts'
import { type ReadableFile, readInto } from '../../read/read-into.ts'

const TAIL = 64
/** Where formats keep what is known only in the end: lengths, and where an index is. */
const HEAD = 4096

/** Some bytes of what was there of a file at some moment. */
export class ByteProof {
  readonly #position: number
  readonly #bytes: Uint8Array

  private constructor(position: number, bytes: Uint8Array) {
    this.#position = position
    this.#bytes = bytes
  }

  /**
   * The last bytes of what is there. A file that was cut since does not have them, and one that was written anew almost
   * certainly has others: its length alone does not tell, once it has grown past that point.
   *
   * @returns `undefined` if the file is shorter than `frontier`.
   */
  static ofTail(file: ReadableFile, frontier: number): Promise<ByteProof | undefined> {
    return ByteProof.#take(file, Math.max(0, frontier - TAIL), frontier)
  }

  /** The first ones: ffmpeg, for one, writes them once more when it is done. */
  static ofHead(file: ReadableFile, frontier: number): Promise<ByteProof | undefined> {
    return ByteProof.#take(file, 0, Math.min(HEAD, frontier))
  }

  static async #take(file: ReadableFile, position: number, end: number): Promise<ByteProof | undefined> {
    const bytes = new Uint8Array(end - position)
    const count = bytes.byteLength === 0 ? 0 : await readInto(file, bytes, position)
    return count < bytes.byteLength ? undefined : new ByteProof(position, bytes)
  }

  /** Whether it is of as many bytes as a head has. */
  get isWholeHead(): boolean {
    return this.#bytes.byteLength === HEAD
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
