/**
 * Links that carry their own permission, for players that cannot send an Authorization field: an HMAC-SHA-256 over
 * the method class, the path, the query and the time until which the link is good.
 *
 *     /api/stream/film.mp4?expires=1767225600&signature=<43 characters of base64url>
 *
 * The signature covers the path in its normal form (see `normalizeTarget`) and the query to the letter: clients may
 * spell the path another way, but a link with anything added, removed, doubled or changed is refused.
 */
import { normalizeTarget } from './request-target.ts'

export interface SignOptions {
  /** Known to the signer and the server only; make it long and random. */
  readonly secret: string
  /** For how many seconds the link is good. */
  readonly expiresIn: number
  /** What the link may be used for; GET includes HEAD. Default: GET. */
  readonly method?: string | undefined
  /** The time of signing, in milliseconds since the epoch. Default: the clock. */
  readonly now?: number | undefined
}

export interface VerifyOptions {
  /** Any of these may have signed the link, so that secrets can be changed one after the other. */
  readonly secrets: readonly string[]
  /** How many seconds a link is good beyond its time, for clocks that differ. Default: 0. */
  readonly clockTolerance?: number | undefined
  /** The time of the request, in milliseconds since the epoch. Default: the clock. */
  readonly now?: number | undefined
}

const ALGORITHM = { name: 'HMAC', hash: 'SHA-256' } as const
const TARGET = /^([^?#]*)(?:\?([^#]*))?$/
const SIGNED = /^([^?#]*)\?((?:[^#]*&)?expires=(\d{1,12}))&signature=([\w-]{43})$/
// Names of parameters that may stand in a signed query only once, whichever way they are spelled.
const OURS = new Set(['expires', 'signature'])

/**
 * Signs a URL. What is in its query already, `download` for example, is part of what is signed.
 *
 * @param url absolute, or a path from the root, percent-encoded; the result is of the same kind, its path in normal
 * form.
 * @throws TypeError where the secret is empty, `expiresIn` is not a positive number, the path has no normal form, or the
 * URL has a fragment or its own `expires` or `signature`.
 * @example
 * const link = await signUrl('/api/stream/film.mp4', { secret, expiresIn: 2 * 60 * 60 })
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
 * Whether a request's URL was signed for its method with one of the secrets, and is still good. Never rejects for what
 * a client sent; signatures are compared in constant time, by Web Crypto.
 *
 * @throws TypeError where there are no secrets, one is empty, or a time is not a number.
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
  // The last character has two bits to spare: the one spelling that we write counts.
  if (bytes === undefined || toBase64Url(bytes.buffer) !== signature) return false
  for (const secret of secrets) {
    const key = await importKey(secret)
    if (await crypto.subtle.verify(ALGORITHM, key, bytes, message(request.method, path, query))) return true
  }
  return false
}

/**
 * Refuses options under which every link or no link would be accepted.
 *
 * @throws TypeError where there are no secrets, one is empty, or a time is not a number.
 */
export function checkVerifyOptions({ secrets, clockTolerance = 0, now = 0 }: VerifyOptions): void {
  checkSecrets(secrets)
  if (!(clockTolerance >= 0 && Number.isFinite(clockTolerance))) {
    throw new TypeError(`clockTolerance must be a number of seconds from 0 up, not ${clockTolerance}`)
  }
  if (!Number.isFinite(now)) throw new TypeError(`now must be a number of milliseconds, not ${now}`)
}

function checkSecrets(secrets: readonly string[]): void {
  // Without types, a text would be taken for a list of letters, and a missing variable for an empty text.
  if (!Array.isArray(secrets) || secrets.length === 0)
    throw new TypeError('secrets must be a list of at least one')
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

/** Keys of the secrets in use; there are few of them, and they are the server's own. */
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
