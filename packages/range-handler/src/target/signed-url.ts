/**
 * Links that carry their own permission, for players that cannot send an Authorization field: an HMAC-SHA-256 over the
 * method class, the path and the expiry time.
 *
 *     /api/stream/film.mp4?expires=1767225600&signature=<43 characters of base64url>
 *     /api/stream/film/signed~1767225600~<43 characters of base64url>/
 *
 * The first kind is for one URL. Its signature covers the query, too, byte for byte: a link with anything added,
 * removed, repeated or changed is rejected. The second kind is for all that is below a folder. It is part of the path,
 * so that the relative links of a playlist carry it; queries below it are free, and add nothing to what is permitted.
 *
 * Signatures cover paths in their normal form (see `normalizeTarget`): clients may spell them in another way.
 */
import { normalizeTarget } from './request-target.ts'
import { isSignature, sign } from './signature.ts'
import {
  canBePrefix,
  claimOf,
  exactMessage,
  hasOurs,
  hasSegment,
  prefixMessage,
  signedSegment,
} from './signed-claim.ts'

/** Options of {@link signUrl}. */
export interface SignOptions {
  /** Known to the signer and the server only. Make it long and random. */
  readonly secret: string
  /** For how many seconds the link is valid. */
  readonly expiresIn: number
  /**
   * What the link permits: `exact`, its URL with this path and query; `prefix`, all that is below its path, which ends
   * in a slash, with any query. Default: `exact`.
   */
  readonly scope?: 'exact' | 'prefix' | undefined
  /** The method that the link is for; GET includes HEAD. Default: `GET`. */
  readonly method?: string | undefined
  /** The time of signing, in milliseconds since the epoch. Default: `Date.now()`. */
  readonly now?: number | undefined
}

/** Options of {@link verifySignedUrl}. */
export interface VerifyOptions {
  /** At least one. Any of them may have signed the link, so that secrets can be rotated. */
  readonly secrets: readonly string[]
  /** How many seconds a link stays valid after its expiry, for clocks that differ. Default: 0. */
  readonly clockTolerance?: number | undefined
  /** The time of the request, in milliseconds since the epoch. Default: `Date.now()`. */
  readonly now?: number | undefined
}

const TARGET = /^([^?#]*)(?:\?([^#]*))?$/

/**
 * Signs a URL. For one URL it adds `expires` and `signature` to the query; what is in the query already, for example
 * `download`, is signed too. For a folder it adds a segment to the path, and what is appended to the result is a link to
 * a file below that folder.
 *
 * @param url absolute, or a path from the root, percent-encoded.
 * @returns a URL of the same kind, with its path in normal form.
 * @throws TypeError if the secret is empty, `expiresIn` is not a positive number, the path has no normal form or is one
 * of a signed folder already, or the URL has a fragment, `expires` or `signature`. With `scope: 'prefix'`, also if the
 * path does not end in a slash or has an encoded one, or the URL has a query.
 * @example
 * const link = await signUrl('/api/stream/film.mp4', { secret, expiresIn: 2 * 60 * 60 })
 * await verifySignedUrl({ method: 'GET', url: link }, { secrets: [secret] }) // true
 * const folder = await signUrl('/api/stream/film/', { secret, expiresIn: 2 * 60 * 60, scope: 'prefix' })
 * await verifySignedUrl({ method: 'GET', url: `${folder}720p/1.ts` }, { secrets: [secret] }) // true
 */
export async function signUrl(url: string | URL, options: SignOptions): Promise<string> {
  const { secret, expiresIn, scope = 'exact', method = 'GET', now = Date.now() } = options
  checkSecrets([secret])
  if (!(expiresIn > 0 && Number.isFinite(expiresIn))) {
    throw new TypeError(`expiresIn must be a positive number of seconds, not ${expiresIn}`)
  }
  if (scope !== 'exact' && scope !== 'prefix') {
    throw new TypeError(`scope must be exact or prefix, not ${scope}`)
  }
  const { origin, target } = splitUrl(String(url))
  const [, spelled = '', query] = TARGET.exec(target) ?? []
  const path = normalizeTarget(spelled)
  const expires = String(Math.floor(now / 1000 + expiresIn))
  if (scope === 'prefix') {
    if (path === undefined || query !== undefined || !canBePrefix(path)) {
      throw new TypeError(`A signed prefix needs a path that ends in a slash, without a query: ${url}`)
    }
    return origin + path + signedSegment(expires, await sign(prefixMessage(method, path, expires), secret))
  }
  if (path === undefined || hasSegment(path) || hasOurs(query)) {
    throw new TypeError(`This URL cannot be signed: ${url}`)
  }
  const signedQuery = `${query ? `${query}&` : ''}expires=${expires}`
  const signature = await sign(exactMessage(method, path, signedQuery), secret)
  return `${origin}${path}?${signedQuery}&signature=${signature}`
}

/**
 * Whether a request's URL was signed for its method with one of the secrets, itself or with a folder above it, and has
 * not expired. Never rejects for what a client sent. Signatures are compared in constant time, by Web Crypto.
 *
 * The key of a file below a signed folder is that of `unsignedPath`.
 *
 * @throws TypeError if there are no secrets, one is empty, or a time is not a finite number.
 * @example
 * if (!(await verifySignedUrl(request, { secrets }))) return new Response(null, { status: 403 })
 */
export async function verifySignedUrl(
  request: { readonly url: string; readonly method: string },
  options: VerifyOptions,
): Promise<boolean> {
  checkVerifyOptions(options)
  const { secrets, clockTolerance = 0, now = Date.now() } = options
  const [, spelled = '', query] = TARGET.exec(splitUrl(request.url).target) ?? []
  const path = normalizeTarget(spelled)
  const claim = path === undefined ? undefined : claimOf(request.method, path, query)
  if (claim === undefined || now / 1000 > claim.expires + clockTolerance) return false
  return isSignature(claim.signature, claim.message, secrets)
}

/**
 * Rejects options under which every link, or none, would be accepted. Call it once at the start.
 *
 * @throws TypeError if there are no secrets, one is empty, or a time is not a finite number.
 * @example
 * checkVerifyOptions({ secrets })
 */
export function checkVerifyOptions({ secrets, clockTolerance = 0, now = 0 }: VerifyOptions): void {
  checkSecrets(secrets)
  if (!(clockTolerance >= 0 && Number.isFinite(clockTolerance))) {
    throw new TypeError(`clockTolerance must be a number of seconds from 0 up, not ${clockTolerance}`)
  }
  if (!Number.isFinite(now)) throw new TypeError(`now must be a number of milliseconds, not ${now}`)
}

function checkSecrets(secrets: readonly string[]): void {
  // In JavaScript, a string would be taken for a list of letters.
  if (!Array.isArray(secrets) || secrets.length === 0)
    throw new TypeError('secrets must be an array of at least one secret')
  if (secrets.some((secret) => typeof secret !== 'string' || secret === ''))
    throw new TypeError('The secret is empty')
}

function splitUrl(url: string): { readonly origin: string; readonly target: string } {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''
  return { origin, target: url.slice(origin.length) || '/' }
}
