/** Positions as `Blob.slice` takes them: negative ones count from the end, and what lies outside is brought inside. */
export interface SliceBounds {
  readonly start: number
  /** Not included. Never less than `start`. */
  readonly end: number
}

/**
 * The bytes that `slice(start, end)` of something this long means.
 *
 * @example
 * sliceBounds(100, -10) // { start: 90, end: 100 }
 * sliceBounds(100, 50, 20) // { start: 50, end: 50 }
 */
export function sliceBounds(size: number, start = 0, end = size): SliceBounds {
  const from = position(start, size)
  return { start: from, end: Math.max(from, position(end, size)) }
}

function position(asked: number, size: number): number {
  const whole = Number.isNaN(asked) ? 0 : Math.trunc(asked)
  return whole < 0 ? Math.max(0, size + whole) : Math.min(whole, size)
}
