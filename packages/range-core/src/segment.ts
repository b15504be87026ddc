import { type ByteRange, byteLength } from './byte-range.ts'

/**
 * A stretch of a response body: literal bytes, such as a part's header in multipart/byteranges (9110 §14.6), or a
 * range of the representation. The body of a response is its segments, one after the other.
 */
export type Segment =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'range'; readonly range: ByteRange }

/**
 * The number of bytes that a segment adds to the body.
 *
 * @example
 * segmentLength({ kind: 'range', range: { firstPos: 0, lastPos: 499 } }) // 500
 * segmentLength({ kind: 'bytes', bytes: new TextEncoder().encode('--b--') }) // 5
 */
export function segmentLength(segment: Segment): number {
  return segment.kind === 'bytes' ? segment.bytes.byteLength : byteLength(segment.range)
}
