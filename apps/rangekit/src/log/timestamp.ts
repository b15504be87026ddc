let second = Number.NaN
let prefix = ''

/** A time as in `2026-11-30T08:15:00.123Z`. Most lines are of the same second as the one before. */
export function isoTime(time: number): string {
  const now = Math.floor(time / 1000)
  if (now !== second) {
    second = now
    prefix = new Date(now * 1000).toISOString().slice(0, 20)
  }
  return `${prefix}${String(time % 1000).padStart(3, '0')}Z`
}

/** Milliseconds with two decimals, without the slow way from a fraction to text. */
export function hundredths(milliseconds: number): string {
  const count = Math.round(milliseconds * 100)
  const rest = count % 100
  return `${(count - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`
}
