import { isKey } from '@rangekit/range-core'

/** Longer request targets are refused by common servers, whose buffer for a line is 8 KiB. */
const MAX_LENGTH = 8000

/**
 * The URL below which keys are found.
 *
 * @throws TypeError unless it is an HTTP URL without query, fragment and credentials.
 */
export function baseUrl(base: string | URL): string {
  const url = new URL(base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TypeError(`Expected a URL of http or https as base, got ${url.protocol}`)
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(String(base))) {
    throw new TypeError('The base must have no query and no fragment')
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('The base must have no user name and no password; set Authorization in headers')
  }
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

/**
 * The URL of a key. Each segment is percent-encoded, so that no key leads out of the base.
 *
 * @param base as `baseUrl` returns it.
 * @returns `undefined` for what is no key, cannot be encoded, or is longer than an origin accepts.
 */
export function keyUrl(base: string, key: string): string | undefined {
  if (key.length > MAX_LENGTH || !isKey(key) || !key.isWellFormed()) return undefined
  const url = base + key.split('/').map(encodeURIComponent).join('/')
  return url.length > MAX_LENGTH ? undefined : url
}
