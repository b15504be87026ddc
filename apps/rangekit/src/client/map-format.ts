/** Numbers as people read them. */

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A number of bytes, with three digits or so: `0 bytes`, `512 bytes`, `3.2 MB`, `60 MB`. */
export function formatBytes(count: number): string {
  let value = count
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value).toString()
  return `${digits} ${count === 1 ? 'byte' : UNITS[unit]}`
}

/** A position or another number in full: `31,457,280`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en')
}

/** A duration in milliseconds: `8 ms`, `0.4 s`, `12 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`
}

/** A share of a whole: `63%`; never `100%` of what is not all. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '0%'
  const percent = (100 * part) / whole
  if (percent > 0 && percent < 1) return 'under 1%'
  return `${part < whole ? Math.min(99, Math.round(percent)) : 100}%`
}

/** The time of day, from milliseconds since 1970: `12:04:33`. */
export function formatClock(time: number): string {
  return new Date(time).toLocaleTimeString('en-GB')
}
