/**
 * Who may see what. Without secrets, everybody may see everything. With them, the link to a page is a permission: signed
 * like a link to a file, for the page and for what the page shows. Requests whose query varies, such as a search, send
 * that link, from its path on, as the parameter `grant`. Members, who have given a password, may see everything, and hand
 * out signed links.
 */
import { normalizeTarget, signUrl, type VerifyOptions, verifySignedUrl } from '@rangekit/range-handler'
import { includesFile, includesFolder, pageScope, requestScope, type Scope, streamFolder } from './scope.ts'

/** What one request may see. */
export interface Grant {
  /** The value of `grant` for requests of the page; `undefined` if none is needed. */
  readonly token: string | undefined
  /** Seconds since 1970, after which it is not valid; `undefined` if it does not expire. */
  readonly expires: number | undefined
  /** The page that the way back ends at, relative to the root of the server; `null` if there is only this one. */
  readonly home: string | null
  /** Whether the file of this key may be seen. */
  mayRead(key: string): boolean
  /** Whether this folder may be seen, and all that is below it. The root is `''`. */
  mayList(path: string): boolean
  /**
   * A link on a page of this grant, which expires when the grant does. Links to pages, lists and events take the grant
   * with them, so that a film has its way back. Links to a file's bytes, facts, cover or subtitles are signed for that
   * alone; the link to a playlist of HLS or DASH, for all that is below its folder: players follow it to there.
   *
   * @param link relative to the root of the server, such as `watch/film.mp4`. Is not checked: link to nothing that the
   * request may not see.
   */
  link(link: string): Promise<string>
  /** A link for others, which grants no more than what players get by it, and expires when the grant does. */
  sign(link: string): Promise<string>
}

/** See {@link createAccess}. */
export interface Access {
  /** Whether links must be signed. */
  readonly isSigned: boolean
  /** Whether others may see less, so that shared caches must not keep what is shown. */
  readonly isPrivate: boolean
  /** What a request may see; `undefined` if its link was not signed for GET, has expired or has been changed. */
  grantOf(request: Request): Promise<Grant | undefined>
}

export type Signed = Pick<VerifyOptions, 'secrets' | 'clockTolerance'>

/** Everything. */
export const OPEN: Grant = {
  token: undefined,
  expires: undefined,
  home: './',
  mayRead: () => true,
  mayList: () => true,
  link: async (link) => link,
  sign: async (link) => link,
}

const SIGNED_ALONE = /^api\/(?:stream|media|cover|subtitles)\//
const EXPIRES = /[?&]expires=(\d{1,12})&signature=[\w-]{43}$/

/** @param signed the secrets that links are signed with; `undefined` if everybody may see everything. */
export function createAccess(signed: Signed | undefined): Access {
  if (signed === undefined) return { isSigned: false, isPrivate: false, grantOf: async () => OPEN }
  return {
    isSigned: true,
    isPrivate: true,
    async grantOf({ url }) {
      const target = url.slice(url.indexOf('/', url.indexOf('://') + 3))
      const own = await verifiedGrant(target, (path) => pageScope(path) ?? requestScope(path), signed)
      const token = own === undefined ? new URL(url).searchParams.get('grant') : null
      return token?.startsWith('/') ? verifiedGrant(token, pageScope, signed) : own
    },
  }
}

/**
 * What members may see: everything. Links for others are signed for one file, or for what is below the folder of a
 * playlist.
 *
 * @param lifetime how long those links are valid, in seconds.
 */
export function memberAccess({ secrets: [secret = ''] }: Pick<Signed, 'secrets'>, lifetime: number): Access {
  const sign = (link: string) => signLink(link, 'file', secret, Math.floor(Date.now() / 1000) + lifetime)
  return { isSigned: false, isPrivate: true, grantOf: async () => ({ ...OPEN, sign }) }
}

async function verifiedGrant(
  target: string,
  scopeOf: (path: string) => Scope | undefined,
  signed: Signed,
): Promise<Grant | undefined> {
  const expires = EXPIRES.exec(target)?.[1]
  const normal = expires && normalizeTarget(target)
  const scope = normal && scopeOf(normal.slice(0, normal.indexOf('?')))
  if (!expires || !normal || !scope) return undefined
  return (await verifySignedUrl({ method: 'GET', url: normal }, signed))
    ? grant(normal, scope, Number(expires), signed.secrets)
    : undefined
}

function grant(token: string, scope: Scope, expires: number, [secret = '']: readonly string[]): Grant {
  const sign = (link: string) => signLink(link, scope.kind, secret, expires)
  return {
    token,
    expires,
    home: scope.kind === 'folder' ? `.${token}` : null,
    mayRead: (key) => includesFile(scope, key),
    mayList: (path) => includesFolder(scope, path),
    link: async (link) => (SIGNED_ALONE.test(link) ? sign(link) : withGrant(link, token)),
    sign,
  }
}

async function signLink(
  link: string,
  within: Scope['kind'],
  secret: string,
  expires: number,
): Promise<string> {
  // Signed at the epoch, so that it expires in this very second.
  const options = { secret, now: 0, expiresIn: expires }
  const folder = streamFolder(link, within)
  const signedLink =
    folder === undefined
      ? await signUrl(`/${link}`, options)
      : (await signUrl(`/${folder}`, { ...options, scope: 'prefix' })) + link.slice(folder.length)
  return signedLink.slice(1)
}

function withGrant(link: string, token: string): string {
  return `${link}${link.includes('?') ? '&' : '?'}grant=${encodeURIComponent(token)}`
}
