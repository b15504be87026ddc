import type { ByteRange } from './byte-range.ts'
import type { RangeSpec } from './range.ts'

/**
 * Resolves what a client asked for against a representation's length: ends are clamped, a suffix longer
 * than the representation takes all of it, and what cannot be satisfied is left out (RFC 9110 §14.1.2).
 * The order asked for is kept.
 *
 * @param completeLength bytes in the whole representation.
 * @returns the satisfiable ranges; none means a 416.
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
      // §14.1.2: a suffix-range is satisfiable if its length is non-zero; so `bytes=-0` never is.
      if (spec.suffixLength === 0 || completeLength === 0) return undefined
      return { firstPos: Math.max(0, completeLength - spec.suffixLength), lastPos: end }
  }
}

/**
 * Joins ranges that overlap, touch, or leave a gap that costs less to send than another part would
 * (RFC 9110 §15.3.7.2 allows it). A joined range stands where the first of its members was asked for.
 *
 * @param partOverhead the bytes that one more part would cost.
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
