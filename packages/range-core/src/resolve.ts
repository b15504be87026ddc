import type { ByteRange } from './byte-range.ts'
import type { RangeSpec } from './range.ts'

/**
 * Resolves the ranges of a request against a representation's length (RFC 9110 §14.1.2): a last position past the end
 * becomes the end, a suffix longer than the representation becomes all of it, and unsatisfiable ranges are left out.
 *
 * @param completeLength bytes in the whole representation.
 * @returns the satisfiable ranges, in the order of the request; none means a 416.
 * @example
 * resolveRanges([{ kind: 'suffix', suffixLength: 500 }], 10000) // [{ firstPos: 9500, lastPos: 9999 }]
 */
export function resolveRanges(specs: readonly RangeSpec[], completeLength: number): ByteRange[] {
  const ranges: ByteRange[] = []
  for (const spec of specs) {
    const range = resolveRange(spec, completeLength)
    if (range !== undefined) ranges.push(range)
  }
  return ranges
}

function resolveRange(spec: RangeSpec, completeLength: number): ByteRange | undefined {
  const end = completeLength - 1
  switch (spec.kind) {
    case 'int':
      if (spec.firstPos > end) return undefined
      return { firstPos: spec.firstPos, lastPos: Math.min(spec.lastPos ?? end, end) }
    case 'suffix':
      // A suffix-range is satisfiable if its length is non-zero (9110 §14.1.2), so `bytes=-0` never is.
      if (spec.suffixLength === 0 || completeLength === 0) return undefined
      return { firstPos: Math.max(0, completeLength - spec.suffixLength), lastPos: end }
  }
}

/**
 * Joins ranges that overlap, touch, or leave a gap shorter than the overhead of another part; a server MAY
 * (RFC 9110 §15.3.7.2). A joined range takes the place of the first of its members in the order of the request.
 *
 * @param ranges in the order of the request. They are not changed.
 * @param partOverhead bytes that one more part would add. Below 1, only ranges that overlap or touch are joined.
 * @returns ranges of which no two overlap or touch.
 * @example
 * coalesceRanges([{ firstPos: 900, lastPos: 999 }, { firstPos: 0, lastPos: 9 }, { firstPos: 950, lastPos: 1099 }], 80)
 * // [{ firstPos: 900, lastPos: 1099 }, { firstPos: 0, lastPos: 9 }]
 */
export function coalesceRanges(ranges: readonly ByteRange[], partOverhead: number): ByteRange[] {
  const ascending = ranges
    .map(({ firstPos, lastPos }, asked) => ({ firstPos, lastPos, asked }))
    .sort((a, b) => a.firstPos - b.firstPos)
  const joined: typeof ascending = []
  for (const range of ascending) {
    const previous = joined.at(-1)
    if (previous === undefined || range.firstPos - previous.lastPos - 1 >= Math.max(partOverhead, 1)) {
      joined.push(range)
    } else {
      previous.lastPos = Math.max(previous.lastPos, range.lastPos)
      previous.asked = Math.min(previous.asked, range.asked)
    }
  }
  return joined.sort((a, b) => a.asked - b.asked).map(({ firstPos, lastPos }) => ({ firstPos, lastPos }))
}
