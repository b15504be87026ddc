/**
 * Links that carry their own permission, for players that cannot send an Authorization field: an HMAC-SHA-256 over the
 * method class, the path, the query and the expiry time.
 *
 *     /api/stream/film.mp4?expires=1767225600&signature=<43 characters of base64url>
 *
 * The signature covers the path in its normal form (see `normalizeTarget`) and the query byte for byte: clients may
 * spell the path in another way, but a link with anything added, removed, repeated or changed is rejected.
 */
import { normalizeTarget } from './request-target.ts'

/** Options of {@link signUrl}. */
export interface SignOptions {
  /** Known to the signer and the server only. Make it long and random. */
  readonly secret: string
  /** For how many seconds the link is valid. */
  readonly expiresIn: number
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

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' } as const
const TARGET = /^([^?#]*)(?:\?([^#]*))?$/
const SIGNED = /^([^?#]*)\?((?:[^#]*&)?expires=(\d{1,12}))&signature=([\w-]{43})$/
// Parameters that a signed query may contain only once, however they are spelled.
const OURS = new Set(['expires', 'signature'])

/**
 * Signs a URL: adds `expires` and `signature` to its query. The query that it has already, for example `download`, is
 * signed too.
 *
 * @param url absolute, or a path from the root, percent-encoded.
 * @returns a URL of the same kind, with its path in normal form.
 * @throws TypeError if the secret is empty, `expiresIn` is not a positive number, the path has no normal form, or the
 * URL has a fragment, `expires` or `signature`.
 * @example
 * const link = await signUrl('/api/stream/film.mp4', { secret, expiresIn: 2 * 60 * 60 })
 * await verifySignedUrl({ method: 'GET', url: link }, { secrets: [secret] }) // true
 */
export async function signUrl(url: string | URL, options: SignOptions): Promise<string> {
  const { secret, expiresIn, method = 'GET', now = Date.now() } = options
  checkSecrets([secret])
  if (!(expiresIn > 0 && Number.isFinite(expiresIn))) {
    throw new TypeError(`expiresIn must be a positive number of seconds, not ${expiresIn}`)
  }
  const { origin, target } = splitUrl(String(url))
  const [, spelled = '', query] = TARGET.exec(target) ?? []
  const path = normalizeTarget(spelled)
  if (path === undefined || namesOf(query).some((name) => OURS.has(name))) {
    throw new TypeError(`This URL cannot be signed: ${url}`)
  }
  const expires = `expires=${Math.floor(now / 1000 + expiresIn)}`
  const signedQuery = query ? `${query}&${expires}` : expires
  const signature = await crypto.subtle.sign(
    ALGORITHM,
    await importKey(secret),
    message(method, path, signedQuery),
  )
  return `${origin}${path}?${signedQuery}&signature=${toBase64Url(signature)}`
}

/**
 * Whether a request's URL was signed for its method with one of the secrets, and has not expired. Never rejects for
 * what a client sent. Signatures are compared in constant time, by Web Crypto.
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
  const [, spelled = '', query = '', expires, signature] = SIGNED.exec(splitUrl(request.url).target) ?? []
  if (expires === undefined || signature === undefined) return false
  if (namesOf(query).filter((name) => OURS.has(name)).length !== 1) return false
  if (now / 1000 > Number(expires) + clockTolerance) return false
  const path = normalizeTarget(spelled)
  if (path === undefined) return false
  const bytes = fromBase64Url(signature)
  // The last character has two unused bits: only the canonical spelling is accepted.
  if (bytes === undefined || toBase64Url(bytes.buffer) !== signature) return false
  for (const secret of secrets) {
    const key = await importKey(secret)
    if (await crypto.subtle.verify(ALGORITHM, key, bytes, message(request.method, path, query))) return true
  }
  return false
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

function namesOf(query: string | undefined): string[] {
  return [...new URLSearchParams(query).keys()]
}

function message(method: string, path: string, query: string): Uint8Array<ArrayBuffer> {
  const methodClass = method === 'HEAD' ? 'GET' : method
  return new TextEncoder().encode(`${methodClass}\n${path}\n${query}`)
}

const keys = new Map<string, Promise<CryptoKey>>()

/** The keys of all secrets in use. They come from the server's configuration, so there are few. */
function importKey(secret: string): Promise<CryptoKey> {
  let key = keys.get(secret)
  if (key === undefined) {
    key = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), ALGORITHM, false, [
      'sign',
      'verify',
    ])
    keys.set(secret, key)
  }
  return key
}

function toBase64Url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    )
  } catch {
    return undefined
  }
}
