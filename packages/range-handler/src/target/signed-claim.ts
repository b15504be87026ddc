/**
 * What a signed URL claims, in the two places where a URL can carry it, and the message that its signature is made of.
 *
 * The two messages are never equal: after the digits that a message ends in, read backwards, comes `=` in one of them
 * and a line break in the other. Each one names its fields unambiguously, because no path has a line break.
 */

/** What a URL claims to be permitted, and until when. */
export interface Claim {
  /** In seconds since 1970. */
  readonly expires: number
  readonly signature: string
  readonly message: string
}

// All of a segment in unreserved characters: no client has a reason to spell it in another way.
const SEGMENT = String.raw`\/signed~(\d{1,12})~([\w-]{43})`
const PREFIX = new RegExp(`^(.*?)${SEGMENT}/`, 's')
const SEGMENTS = new RegExp(`${SEGMENT}(?=/|$)`, 'g')
// Apps that decode it see another path than the one that was signed.
const ENCODED_SLASH = /%(?:2F|5C)/
const SIGNED_QUERY = /^((?:[^#]*&)?expires=(\d{1,12}))&signature=([\w-]{43})$/
// Parameters that a signed query may contain only once, however they are spelled.
const OURS = new Set(['expires', 'signature'])

/**
 * The message for one path and one query.
 *
 * @param path in normal form.
 * @param query as spelled, `expires` at its end included.
 */
export function exactMessage(method: string, path: string, query: string): string {
  return `${methodClass(method)}\n${path}\n${query}`
}

/**
 * The message for all that is below a folder.
 *
 * @param folder a path in normal form that ends in a slash.
 */
export function prefixMessage(method: string, folder: string, expires: string): string {
  return `${methodClass(method)}\nprefix\n${folder}\n${expires}`
}

function methodClass(method: string): string {
  return method === 'HEAD' ? 'GET' : method
}

/** The segment that permits what is below a folder, to be put behind it with a slash at its end. */
export function signedSegment(expires: string, signature: string): string {
  return `signed~${expires}~${signature}/`
}

/** Whether a path in normal form could be that of a signed folder. */
export function canBePrefix(path: string): boolean {
  return path.endsWith('/') && !ENCODED_SLASH.test(path) && !hasSegment(path)
}

/** Whether a path contains a segment that permits a folder. Its URL is judged by that alone. */
export function hasSegment(path: string): boolean {
  return path.search(SEGMENTS) !== -1
}

/** Whether a query contains parameters of a signed link, however they are spelled. */
export function hasOurs(query: string | undefined): boolean {
  return countOurs(query) > 0
}

function countOurs(query: string | undefined): number {
  return [...new URLSearchParams(query).keys()].filter((name) => OURS.has(name)).length
}

/**
 * What a URL claims; `undefined` if that is nothing, or not only one thing.
 *
 * @param path in normal form.
 */
export function claimOf(method: string, path: string, query = ''): Claim | undefined {
  return hasSegment(path) ? prefixClaim(method, path) : exactClaim(method, path, query)
}

function prefixClaim(method: string, path: string): Claim | undefined {
  const [, folder, expires, signature] = PREFIX.exec(path) ?? []
  if (folder === undefined || expires === undefined || signature === undefined) return undefined
  if (path.match(SEGMENTS)?.length !== 1 || ENCODED_SLASH.test(path)) return undefined
  return { expires: Number(expires), signature, message: prefixMessage(method, `${folder}/`, expires) }
}

function exactClaim(method: string, path: string, text: string): Claim | undefined {
  const [, query, expires, signature] = SIGNED_QUERY.exec(text) ?? []
  if (query === undefined || signature === undefined || countOurs(query) !== 1) return undefined
  return { expires: Number(expires), signature, message: exactMessage(method, path, query) }
}

/**
 * The path of a file below a signed folder, without the segment that permits it: what a key is made of. Every other path
 * stays as it is.
 *
 * Call it for a request that `verifySignedUrl` has accepted. Without that check, a path with the segment is another name
 * of the same file, which a guard by path may not know.
 *
 * @param pathname the path of a request's URL, still percent-encoded.
 * @example
 * const signature = 'A'.repeat(43)
 * unsignedPath(`/api/stream/film/signed~1767225600~${signature}/720p/1.ts`) // '/api/stream/film/720p/1.ts'
 * unsignedPath('/api/stream/film.mp4') // '/api/stream/film.mp4'
 */
export function unsignedPath(pathname: string): string {
  return pathname.replace(PREFIX, '$1/')
}
