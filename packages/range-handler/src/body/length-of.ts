import { isOpenEnded, type Segment, segmentLength } from '@rangekit/range-core'

/**
 * The total length of segments, in bytes.
 *
 * @returns `undefined` if one of them is open-ended.
 * @example
 * const bytes = new TextEncoder().encode('--boundary--')
 * lengthOf([{ kind: 'range', range: { firstPos: 0, lastPos: 9 } }, { kind: 'bytes', bytes }]) // 22
 */
export function lengthOf(segments: readonly Segment[]): number | undefined {
  let sum = 0
  for (const segment of segments) {
    if (segment.kind === 'range' && isOpenEnded(segment.range)) return undefined
    sum += segmentLength(segment)
  }
  return sum
}
