/**
 * A contiguous run of bytes of a representation: what a client gets, once its request has been resolved against the
 * representation's length (RFC 9110 §14.1.1, `incl-range` in §14.4).
 *
 * Both positions are zero-based and inclusive, so a range is never empty: `{ firstPos: 0, lastPos: 0 }` is one byte.
 */
export interface ByteRange {
  /** Position of the first byte. */
  readonly firstPos: number
  /** Position of the last byte: at least `firstPos`, less than the length of the representation. */
  readonly lastPos: number
}

/** A range that a client asked for: to the end if `lastPos` is `undefined`. Both positions are zero-based and inclusive. */
export interface IntRange {
  readonly kind: 'int'
  /** Position of the first byte. */
  readonly firstPos: number
  /** Position of the last byte, which may be past the end of the representation; `undefined`: the last that it has. */
  readonly lastPos: number | undefined
}

/**
 * The number of bytes in a range, both ends included.
 *
 * @example
 * byteLength({ firstPos: 0, lastPos: 499 }) // 500
 */
export function byteLength(range: ByteRange): number {
  return range.lastPos - range.firstPos + 1
}
