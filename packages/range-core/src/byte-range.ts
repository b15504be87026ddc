/**
 * A contiguous run of bytes of a representation: what a client gets, once its request has been resolved against the
 * representation's length (RFC 9110 §14.1.1, `incl-range` in §14.4).
 *
 * Both positions are zero-based and inclusive, so a range is never empty: `{ firstPos: 0, lastPos: 0 }` is one byte.
 */
export interface ByteRange {
  /** Position of the first byte. */
  readonly firstPos: number
  /**
   * Position of the last byte: at least `firstPos`, less than the length of the representation. {@link OPEN_END} for all
   * that follows while that length is not known.
   */
  readonly lastPos: number
}

/**
 * The last position of a range that goes on until the representation is complete: 2^53 - 1, the very large value of
 * RFC 8673, past the end of every representation.
 */
export const OPEN_END = Number.MAX_SAFE_INTEGER

/**
 * Whether a range goes on until the representation is complete, however long that will be (RFC 8673).
 *
 * @example
 * isOpenEnded({ firstPos: 500, lastPos: OPEN_END }) // true
 */
export function isOpenEnded(range: ByteRange): boolean {
  return range.lastPos === OPEN_END
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
 * The number of bytes in a range, both ends included. More than any representation has for an open-ended one.
 *
 * @example
 * byteLength({ firstPos: 0, lastPos: 499 }) // 500
 */
export function byteLength(range: ByteRange): number {
  return range.lastPos - range.firstPos + 1
}
