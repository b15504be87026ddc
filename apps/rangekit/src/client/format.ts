/** Figures and colours of a file, for people. The server and the pages use these. */

import type { LibraryEntry } from '../library/protocol.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/**
 * A size in decimal units, with three digits at most.
 *
 * @example
 * formatSize(1_234_567) // '1.23 MB'
 */
export function formatSize(bytes: number): string {
  let [value, unit] = [bytes, 0]
  // 999.5 would be shown as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1]
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[unit]}`
}

/**
 * A duration or a position in seconds, cut to whole ones.
 *
 * @example
 * formatDuration(3725.9) // '1:02:05'
 */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

const SPANS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/**
 * How long ago a time was, in its largest unit.
 *
 * @param time in milliseconds since 1970.
 * @param now Default: `Date.now()`.
 * @example
 * formatAgo(Date.now() - 86_400_000) // 'yesterday'
 */
export function formatAgo(time: number, now = Date.now()): string {
  const seconds = (time - now) / 1000
  const [unit, length] = SPANS.find(([, span]) => Math.abs(seconds) >= span) ?? ['minute', 60]
  const count = Math.trunc(seconds / length)
  return count === 0 ? 'just now' : relative.format(count, unit)
}

/** A time in ISO 8601, for machines; empty if it cannot be expressed. */
export function isoTime(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : ''
}

const count = new Intl.NumberFormat('en')

/**
 * How many entries there are: in a folder, or found by a search.
 *
 * @param isPartial whether the search or the list has stopped at a limit. Default: false.
 */
export function formatTotal(total: number, isSearch: boolean, isPartial = false): string {
  const [one, many] = isSearch ? ['match', 'matches'] : ['item', 'items']
  const text = `${count.format(total)} ${total === 1 ? one : many}`
  if (!isPartial) return text
  return isSearch ? `${text} in the part that was searched` : `${text}, and more that are not listed`
}

/** One of twelve colours, the same for equal texts. */
export function hueOf(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 9973
  return hash % 12
}

/**
 * The sub-folder that a search has found an entry in, as shown below its title; empty if it is in the folder itself.
 *
 * @example
 * placeOf('films/1999/a.mp4', 'films') // 'in 1999'
 */
export function placeOf(key: string, folder: string): string {
  const place = key.slice(folder === '' ? 0 : folder.length + 1, Math.max(0, key.lastIndexOf('/')))
  return place === '' ? '' : `in ${place}`
}

/**
 * The link to an entry's page. The player goes on in the order of the list that it was opened from.
 *
 * @param page as the server sends it, with its grant if there is one.
 */
export function pageLink({ kind, page }: Pick<LibraryEntry, 'kind' | 'page'>, sort: string): string {
  if (kind === 'folder' || sort === 'title') return page
  return `${page}${page.includes('?') ? '&' : '?'}sort=${encodeURIComponent(sort)}`
}
