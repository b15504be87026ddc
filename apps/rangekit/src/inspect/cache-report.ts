import { cover } from '../client/map-coverage.ts'
import type { CacheReport, CacheShare, Positions } from './protocol.ts'

/** A part of a file that a cache has handed out, or that was fetched for it. */
export interface CachePart {
  readonly key: string
  /** Where its bytes came from. */
  readonly from: 'origin' | 'cache'
  readonly bytes: number
  /** The blocks that the bytes are in. */
  readonly range: Positions
}

/** Calls a listener with each part, from now on. */
export type CacheFeed = (listener: (part: CachePart) => void) => void

/** The most ranges of a report; those that are closest become one. */
export const MAX_RANGES = 64

const NONE: CacheShare = { bytes: 0, ranges: [] }

/** A report in which nothing has come yet. */
export function emptyReport(key: string, process: string): CacheReport {
  return { key, process, origin: NONE, cache: NONE }
}

/** A report with one more part. */
export function addPart(report: CacheReport, { from, bytes, range }: CachePart): CacheReport {
  const before = report[from]
  const ranges = coverAtMost(before.ranges, range)
  return { ...report, [from]: { bytes: before.bytes + bytes, ranges } }
}

function coverAtMost(before: readonly Positions[], range: Positions): readonly Positions[] {
  if (before.some(([first, last]) => first <= range[0] && range[1] <= last)) return before
  const ranges = cover(before, range, 0)
  return ranges.length <= MAX_RANGES ? ranges : joinClosest(ranges)
}

/** Makes one of the two neighbours with the smallest gap. */
function joinClosest(ranges: readonly Positions[]): readonly Positions[] {
  const gaps = ranges.slice(1).map(([first], index) => first - (ranges[index]?.[1] ?? 0))
  const at = gaps.indexOf(Math.min(...gaps))
  const [left, right] = [ranges[at], ranges[at + 1]]
  if (left === undefined || right === undefined) return ranges
  return [...ranges.slice(0, at), [left[0], right[1]], ...ranges.slice(at + 2)]
}
