import { InvalidArgumentError } from 'commander'
import { parseDuration } from './duration.ts'

/** Timers hold 31 bits of milliseconds, which is a little more. */
const LONGEST_TIMER = '24d'

/** A port; 0 asks for a free one. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  }
  return Number(text)
}

/** An address to listen on. To listen on an empty one would mean on all. */
export function address(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected an address such as 127.0.0.1 or ::.')
  return text
}

/** How many processes. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 999.')
  return Number(text)
}

/** One more origin, as a browser would send it in Origin. */
export function origin(text: string, others: readonly string[] = []): readonly string[] {
  if (text !== '*' && text !== 'null' && !isOrigin(text)) {
    throw new InvalidArgumentError('Expected an origin such as https://player.example, without a path, or *.')
  }
  return [...others, text]
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && `${url.protocol}//${url.host}` === text && !text.includes('*')
}

/** Where a server is: its paths come from the root, so that a path here would be lost. */
export function base(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new InvalidArgumentError('Expected a URL such as https://media.example, without a path.')
  }
  return url.origin
}

/** A value that can be sent in Cache-Control. */
export function cacheControl(text: string): string {
  try {
    if (new Headers({ 'Cache-Control': text }).get('Cache-Control') === text && text !== '') return text
  } catch {
    // It contains a line break, or a character that is not Latin-1.
  }
  throw new InvalidArgumentError('Expected a value for Cache-Control such as max-age=3600.')
}

/**
 * Makes a parser of durations.
 *
 * @param min the shortest, inclusive.
 * @param max the longest, inclusive.
 * @returns a parser that gives seconds.
 */
export function duration(min: string, max = LONGEST_TIMER): (text: string) => number {
  const [from = 0, to = 0] = [parseDuration(min), parseDuration(max)]
  return (text) => {
    const seconds = parseDuration(text)
    if (seconds === undefined || seconds < from || seconds > to) {
      throw new InvalidArgumentError(`Expected a duration such as 30s, 5m or 2h, from ${min} to ${max}.`)
    }
    return seconds
  }
}
