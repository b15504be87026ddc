import type { Positions } from '../inspect/protocol.ts'

/**
 * Adds a stretch to stretches that are in order and apart, and keeps them so.
 *
 * @param gap stretches with no more bytes than this between them become one.
 */
export function cover(covered: readonly Positions[], [first, last]: Positions, gap: number): Positions[] {
  const isBefore = (one: Positions) => one[1] + gap + 1 < first
  const isBehind = (one: Positions) => one[0] > last + gap + 1
  const touching = covered.filter((one) => !isBefore(one) && !isBehind(one))
  return [
    ...covered.filter(isBefore),
    [
      Math.min(first, ...touching.map(([firstPos]) => firstPos)),
      Math.max(last, ...touching.map(([, lastPos]) => lastPos)),
    ],
    ...covered.filter(isBehind),
  ]
}

/** Bytes in stretches that are apart. */
export function coveredBytes(covered: readonly Positions[]): number {
  return covered.reduce((sum, [firstPos, lastPos]) => sum + lastPos - firstPos + 1, 0)
}
