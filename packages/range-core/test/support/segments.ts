/** Reads the segments of a body: their total length, their literal text, their ranges. */
import type { ByteRange } from '../../src/byte-range.ts'
import type { Segment } from '../../src/segment.ts'

/** The bytes that the segments make, added up without the code that plans them. */
export function bodyLength(segments: readonly Segment[]): number {
  return segments
    .map((segment) =>
      segment.kind === 'bytes'
        ? segment.bytes.byteLength
        : segment.range.lastPos - segment.range.firstPos + 1,
    )
    .reduce((sum, length) => sum + length, 0)
}

/** The literal bytes as text, in order. */
export function literalsOf(segments: readonly Segment[]): string[] {
  const decoder = new TextDecoder()
  return segments.flatMap((segment) => (segment.kind === 'bytes' ? decoder.decode(segment.bytes) : []))
}

/** The ranges of the representation, in order. */
export function rangesOf(segments: readonly Segment[]): ByteRange[] {
  return segments.flatMap((segment) => (segment.kind === 'range' ? segment.range : []))
}
