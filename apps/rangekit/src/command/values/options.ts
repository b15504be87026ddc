import type { Fields } from '@rangekit/range-core'
import { InvalidArgumentError } from 'commander'
import { parseDuration } from './duration.ts'
import { parseSize } from './size.ts'

/** Timers hold 31 bits of milliseconds: 24.8 days. */
const LONGEST_TIMER = '24d'

/** Parses a port from 0 to 65535; 0 picks a free one. */
export function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  }
  return Number(text)
}

/** Parses an address to listen on. An empty one is rejected: it would mean all addresses. */
export function address(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Expected an address such as 127.0.0.1 or ::.')
  return text
}

/** Parses a number of processes, from 1 to 999. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 999.')
  return Number(text)
}

/** Parses an origin in the form in which a browser sends it in Origin, and appends it to `others`. */
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

/** Parses the origin of a server. A URL with a path is rejected: links are absolute paths, so it would be ignored. */
export function base(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new InvalidArgumentError('Expected a URL such as https://media.example, without a path.')
  }
  return url.origin
}

/** Parses a value for Cache-Control: anything that can be sent in a field. */
export function cacheControl(text: string): string {
  try {
    if (new Headers({ 'Cache-Control': text }).get('Cache-Control') === text && text !== '') return text
  } catch {
    // It contains a line break or a character outside Latin-1.
  }
  throw new InvalidArgumentError('Expected a value for Cache-Control such as max-age=3600.')
}

/**
 * Makes a parser of durations.
 *
 * @param min the shortest allowed, inclusive, such as `1s`.
 * @param max the longest allowed, inclusive. Default: 24d.
 * @returns a parser that returns seconds.
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

/** Parses a size in bytes. */
export function size(text: string): number {
  const bytes = parseSize(text)
  if (bytes === undefined) throw new InvalidArgumentError('Expected a size such as 256MiB, 10GB or 512KiB.')
  return bytes
}

/** Parses a size of at least 1 MiB. */
export function diskSize(text: string): number {
  const bytes = size(text)
  if (bytes < 2 ** 20) throw new InvalidArgumentError('Expected a size of at least 1MiB.')
  return bytes
}

/** Parses the URL of an S3 server. */
export function endpoint(text: string): string {
  const url = URL.parse(text)
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.search + url.hash !== ''
  ) {
    throw new InvalidArgumentError('Expected a URL such as https://s3.example, without credentials.')
  }
  return url.href
}

/** Parses a region, which becomes part of a host name. */
export function region(text: string): string {
  if (!/^[a-z\d-]{1,63}$/i.test(text))
    throw new InvalidArgumentError('Expected a region such as eu-central-1.')
  return text
}

/** Fields that each request sets itself, or that are about the connection. */
const OWN_FIELDS =
  /^(?:range|if-.*|accept-encoding|host|connection|content-.*|transfer-encoding|te|upgrade|expect)$/i

/** Parses a field of requests to an origin, and adds it to `others`. */
export function requestField(text: string, others: Fields = {}): Fields {
  const [, name = '', value = ''] = /^([^:\s]+):[\t ]*(.*?)[\t ]*$/s.exec(text) ?? []
  if (!isField(name, value)) {
    throw new InvalidArgumentError("Expected a field such as 'Authorization: Bearer abc'.")
  }
  if (OWN_FIELDS.test(name)) throw new InvalidArgumentError(`${name} is set by each request itself.`)
  return { ...others, [name]: value }
}

function isField(name: string, value: string): boolean {
  try {
    return value !== '' && new Headers([[name, value]]).get(name) === value
  } catch {
    return false
  }
}
