/**
 * One spelling for each request target (RFC 3986 §6.2.2, 9110 §4.2.3).
 *
 * Clients spell one path in several ways: Java, Python and PHP libraries send `%7E` for `~`, others `%c3%b1` for
 * `%C3%B1`. A router, guard, cache or signature must not take these for different resources, so a server normalizes the
 * target once, before anything else looks at it: unreserved characters are not encoded, and percent-encodings have
 * upper-case digits.
 *
 * Reserved characters such as `&`, `+` and `;` stay as they are, raw or encoded: RFC 3986 §2.2 lets an app distinguish
 * the two.
 */

// 9112 §3.2.1, §3.2.2: a path from the root, or an http(s) URL with one. User information is an error (9110 §4.2.4).
const ORIGIN = String.raw`(?:https?://[\w!$%&'()*+,\-.:;=[\]~]+(?=/))?`
// Browsers send `[`, `]`, `|` and the like, although a path must not contain them. URL parsers would rewrite a
// backslash, a control character or a raw byte beyond ASCII.
const RAW = String.raw`[\w!$&'()*+,\-.:;=@~[\]^\x60{|}]`
// Every byte that is not an unreserved character, in upper-case digits.
const ENCODED = String.raw`%(?:[0189A-F][\dA-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[BCDF])`
const NORMAL = new RegExp(`^${ORIGIN}(?:/(?!\\.{1,2}(?:[/?#]|$))(?:${RAW}|${ENCODED})*)+(?:[?#]|$)`)

const PARTS = new RegExp(`^(${ORIGIN})([^?#]*)(.*)$`, 'is')
const PATH = new RegExp(`^/(?:${RAW}|/|%[\\da-f]{2})*$`, 'i')
const ENCODING = /%[\dA-Fa-f]{2}/g
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/
const UNRESERVED = /^[\w\-.~]$/

/**
 * The normal form of a request target as received (RFC 3986 §6.2.2).
 *
 * @param target in origin form (`/path?query`) or absolute form (`http://host/path?query`), 9112 §3.2.
 * @returns the target with its path in normal form and the rest unchanged; `undefined` if the path is malformed, or
 * would be resolved to another one: a `%` without two hex digits, a dot segment (encoded or not), a backslash, a
 * control character, a raw byte beyond ASCII. An encoded slash or backslash stays encoded.
 * @example
 * normalizeTarget('/%7Euser/ma%c3%b1ana.mp4?at=%7e') // '/~user/ma%C3%B1ana.mp4?at=%7e'
 * normalizeTarget('/a/%2e%2e/b') // undefined
 */
export function normalizeTarget(target: string): string | undefined {
  // Most targets are in normal form already: one regular expression finds out.
  if (NORMAL.test(target)) return target
  const [, origin = '', path = '', rest = ''] = PARTS.exec(target) ?? []
  if (!PATH.test(path)) return undefined
  const normal = path.replace(ENCODING, respell)
  // A scheme is case-insensitive (RFC 3986 §6.2.2.1).
  const lower = origin.replace(/^https?/i, (scheme) => scheme.toLowerCase())
  return DOT_SEGMENT.test(normal) ? undefined : lower + normal + rest
}

/** One percent-encoding in its normal spelling. Nothing is decoded twice: `%25` stays as it is. */
function respell(encoding: string): string {
  const character = String.fromCharCode(Number.parseInt(encoding.slice(1), 16))
  return UNRESERVED.test(character) ? character : encoding.toUpperCase()
}
