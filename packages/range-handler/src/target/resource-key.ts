/**
 * Keys of representations from the paths of URLs (RFC 3986 §3.3).
 *
 * A path is decoded once, and a needlessly encoded one is rejected rather than repaired: a router, guard or cache that
 * looked at it before may have taken it for another path. A server that wants to accept such paths normalizes them
 * before anything looks at them, with `normalizeTarget` or `normalizeRequest`.
 */
import { isKey } from '@rangekit/range-core'

// Unreserved characters, which need no encoding (RFC 3986 §6.2.2.2) and spell dot segments; slash and backslash;
// control characters.
const NEEDLESS = /%(?:2[def]|3\d|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9aef]|[01][0-9a-f])/i
const FORBIDDEN = /[\\\p{Cc}]/u

/**
 * The key that a path names: what is below `prefix`, percent-decoded once.
 *
 * @param pathname the path of a request's URL, still percent-encoded.
 * @param prefix the path that everything with a key is below, spelled as in the URL; a slash at its end makes no
 * difference. Default: `/`.
 * @returns `undefined` if the path is not below the prefix, or if the rest has an empty or dot segment, a backslash, a
 * control character, an encoded slash or unreserved character, or bytes that are not UTF-8.
 * @example
 * keyFromPath('/api/stream/a/My%20video.mp4', '/api/stream') // 'a/My video.mp4'
 * keyFromPath('/api/stream/../secret.mp4', '/api/stream') // undefined
 * keyFromPath(normalizeTarget('/%66ilm.mp4') ?? '') // 'film.mp4'
 */
export function keyFromPath(pathname: string, prefix = '/'): string | undefined {
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`
  if (!pathname.startsWith(base)) return undefined
  const encoded = pathname.slice(base.length)
  if (NEEDLESS.test(encoded)) return undefined
  try {
    const key = decodeURIComponent(encoded)
    return isKey(key) && !FORBIDDEN.test(key) ? key : undefined
  } catch {
    return undefined
  }
}

/**
 * The path of an absolute URL, exactly as spelled: neither decoded nor resolved.
 *
 * @example
 * pathOf('http://localhost/a/My%20video.mp4?download') // '/a/My%20video.mp4'
 */
export function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start === -1) return '/'
  const path = url.slice(start)
  const end = path.search(/[?#]/)
  return end === -1 ? path : path.slice(0, end)
}
