import { byteLength, type Representation, type Segment } from '@rangekit/range-core'

/** Reads a body's segments, one after another, into buffers of any size. */
export class SegmentReader {
  readonly #segments: readonly Segment[]
  readonly #representation: Representation
  #index = 0
  #offset = 0

  /** @param representation one that has `readInto`. */
  constructor(segments: readonly Segment[], representation: Representation) {
    this.#segments = segments
    this.#representation = representation
  }

  /** Whether all of the body has been read. */
  get done(): boolean {
    return this.#index >= this.#segments.length
  }

  /**
   * Fills `target` as far as the body goes.
   *
   * @returns how many bytes that were.
   * @throws Error where a range ends before its time.
   */
  async fill(target: Uint8Array<ArrayBuffer>): Promise<number> {
    let filled = 0
    for (;;) {
      const segment = this.#segments[this.#index]
      if (segment === undefined || filled === target.byteLength) return filled
      const length = segment.kind === 'bytes' ? segment.bytes.byteLength : byteLength(segment.range)
      const space = target.subarray(filled, filled + length - this.#offset)
      filled += await this.#copy(segment, space)
      if (this.#offset === length) {
        this.#index++
        this.#offset = 0
      }
    }
  }

  async #copy(segment: Segment, space: Uint8Array<ArrayBuffer>): Promise<number> {
    let copied = space.byteLength
    if (segment.kind === 'bytes') {
      space.set(segment.bytes.subarray(this.#offset, this.#offset + copied))
    } else {
      copied = (await this.#representation.readInto?.(space, segment.range.firstPos + this.#offset)) ?? 0
      if (copied === 0) throw new Error(`The file ended before byte ${segment.range.lastPos}`)
    }
    this.#offset += copied
    return copied
  }
}
