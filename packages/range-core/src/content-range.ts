/**
 * The Content-Range field (RFC 9110 §14.4): the position of a part in the representation and the representation's
 * length; on a 416, only the length.
 *
 *     Content-Range     = range-unit SP ( range-resp / unsatisfied-range )
 *     range-resp        = incl-range "/" ( complete-length / "*" )
 *     incl-range        = first-pos "-" last-pos
 *     unsatisfied-range = "*" "/" complete-length
 *
 * For example `bytes 42-1233/1234`, or `bytes 42-1233/*` while the complete length is not known.
 */
import type { ByteRange } from './byte-range.ts'

/**
 * Writes a Content-Range field.
 *
 * @param range the bytes that are sent; `undefined` on a 416.
 * @param completeLength bytes in the whole representation, on a 416 the bytes that it has now; `undefined` while
 * the complete length is not known.
 * @example
 * formatContentRange({ firstPos: 0, lastPos: 499 }, 10000) // 'bytes 0-499/10000'
 * formatContentRange({ firstPos: 0, lastPos: 499 }, undefined) // 'bytes 0-499/*'
 * formatContentRange(undefined, 10000) // 'bytes *\/10000'
 */
export function formatContentRange(range: ByteRange | undefined, completeLength: number | undefined): string {
  const inclRange = range === undefined ? '*' : `${range.firstPos}-${range.lastPos}`
  return `bytes ${inclRange}/${completeLength ?? '*'}`
}
