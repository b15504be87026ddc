import { isOpenEnded, type MaybePromise, type Segment, segmentLength } from '@rangekit/range-core'
import { type DeferredBody, lengthOf } from '@rangekit/range-handler'

/** Shorter bytes are copied: several of them make one piece. */
const MIN_VIEW = 4 * 1024

/** Reads a body's segments, one after another, into buffers of any size. */
export class SegmentReader {
  readonly #segments: readonly Segment[]
  readonly #representation: DeferredBody['representation']
  /** Bytes in the whole body; Infinity if nobody knows yet. */
  readonly length: number
  #index = 0
  #offset = 0

  /** @param body its representation must have `readInto` if any segment is a range. */
  constructor({ plan: { segments }, representation }: DeferredBody) {
    this.#segments = segments
    this.#representation = representation
    this.length = lengthOf(segments) ?? Number.POSITIVE_INFINITY
  }

  /** Whether all of the body has been read. */
  get done(): boolean {
    return this.#index >= this.#segments.length
  }

  /** Whether the next byte is still to come, as far as the source knows now. */
  get awaits(): boolean {
    const segment = this.#segments[this.#index]
    return segment?.kind === 'range' && this.#representation.awaits(segment.range.firstPos + this.#offset)
  }

  /**
   * Waits for the next byte, which is one of the representation's, or until it is known never to come.
   *
   * @returns `undefined` if there is nothing to wait for.
   */
  whenThere(): Promise<void> | undefined {
    const segment = this.#segments[this.#index]
    if (segment?.kind !== 'range') return undefined
    return this.#representation.whenThere(segment.range.firstPos + this.#offset)
  }

  /**
   * The next bytes where they are in memory, without a copy. They never change.
   *
   * @param limit the most bytes.
   * @returns `undefined` if a buffer has to be filled instead.
   */
  view(limit: number): Uint8Array<ArrayBuffer> | undefined {
    const segment = this.#segments[this.#index]
    if (segment?.kind !== 'range' || this.#representation.peek === undefined) return undefined
    const length = segmentLength(segment)
    const rest = length - this.#offset
    const isLast = this.#index === this.#segments.length - 1
    if (rest < MIN_VIEW && !isLast) return undefined
    const bytes = this.#representation.peek(segment.range.firstPos + this.#offset, rest)
    if (bytes === undefined) return undefined
    const view = bytes.byteLength > limit ? bytes.subarray(0, limit) : bytes
    this.#advance(view.byteLength, segment)
    return view
  }

  /**
   * Fills `target`, or as much of it as the rest of the body needs. Where a source that keeps bytes in memory has to wait
   * for some, these are the last; where the next bytes are still to come, those before.
   *
   * @param filled how many of its bytes are filled already.
   * @returns how many are filled now; 0 if an open-ended body is at its end.
   * @throws Error, or rejects with it, if the source ends before the end of a range.
   */
  fill(target: Uint8Array<ArrayBuffer>, filled = 0): MaybePromise<number> {
    for (;;) {
      const segment = this.#segments[this.#index]
      if (segment === undefined || filled === target.byteLength) return filled
      if (filled > 0 && this.awaits) return filled
      const length = segmentLength(segment)
      const copied = this.#copy(segment, target.subarray(filled, filled + length - this.#offset))
      if (copied instanceof Promise) {
        const soFar = filled
        return copied.then((count) => {
          const now = soFar + this.#advance(count, segment)
          // What comes from afar is sent as it comes.
          return this.#representation.peek === undefined ? this.fill(target, now) : now
        })
      }
      filled += this.#advance(copied, segment)
    }
  }

  #copy(segment: Segment, space: Uint8Array<ArrayBuffer>): MaybePromise<number> {
    if (segment.kind === 'range') {
      return this.#representation.readInto?.(space, segment.range.firstPos + this.#offset) ?? 0
    }
    space.set(segment.bytes.subarray(this.#offset, this.#offset + space.byteLength))
    return space.byteLength
  }

  #advance(count: number, segment: Segment): number {
    const length = segmentLength(segment)
    // An open-ended range is over when the source says so.
    const isOver = count === 0 && segment.kind === 'range' && isOpenEnded(segment.range)
    if (count === 0 && !isOver) throw new Error(`The source ended ${length - this.#offset} bytes early`)
    this.#offset += count
    if (isOver || this.#offset === length) {
      this.#index++
      this.#offset = 0
    }
    return count
  }
}
