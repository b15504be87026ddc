/** What opens a signed link, and must not be kept. */
const SECRET = new Set(['signature', 'grant'])
const REDACTED = 'redacted'

/** The segment that permits a folder: `signed~EXPIRES~SIGNATURE`. */
const SIGNED_SEGMENT = /^signed~(\d*)/i

/** What may hold a secret: parameters, user information in front of a host, such a segment. Most targets have none. */
const SUSPICIOUS = /[?@~]|%7e/i

/** A request target without the values that would open a signed link, and without a password in front of a host. */
export function redacted(target: string): string {
  if (!SUSPICIOUS.test(target)) return target
  const [, path = '', query] = /^([^?]*)(?:\?(.*))?$/s.exec(target) ?? []
  const bare = path
    .replace(/^([a-z]+:\/\/)[^/]*@/i, `$1${REDACTED}@`)
    .split('/')
    .map(redactedSegment)
    .join('/')
  return query === undefined ? bare : `${bare}?${query.split('&').map(redactedPair).join('&')}`
}

function redactedSegment(segment: string): string {
  const [, expires] = SIGNED_SEGMENT.exec(decoded(segment)) ?? []
  return expires === undefined ? segment : `signed~${expires}~${REDACTED}`
}

function redactedPair(pair: string): string {
  const end = pair.indexOf('=')
  const name = end === -1 ? pair : pair.slice(0, end)
  return end !== -1 && SECRET.has(decoded(name).toLowerCase()) ? `${name}=${REDACTED}` : pair
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    return name
  }
}
