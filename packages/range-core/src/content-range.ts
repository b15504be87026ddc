import type { ByteRange } from './byte-range.ts'

/**
 * The Content-Range field (RFC 9110 §14.4): which bytes of how many a part is, or, on a 416, only how many.
 *
 *     Content-Range     = "bytes" SP ( range-resp / unsatisfied-range )
 *     range-resp        = first-pos "-" last-pos "/" complete-length
 *     unsatisfied-range = an asterisk, then "/" complete-length
 *
 * @param range what is sent, or `undefined` for the unsatisfied form.
 * @example
 * formatContentRange({ firstPos: 0, lastPos: 499 }, 10000) // 'bytes 0-499/10000'
 */
export function formatContentRange(range: ByteRange | undefined, completeLength: number): string {
  return range === undefined
    ? `bytes */${completeLength}`
    : `bytes ${range.firstPos}-${range.lastPos}/${completeLength}`
}
