import { mediaType } from '@rangekit/media-type'
import { type SignOptions, signUrl } from '@rangekit/range-handler'
import { isPlaylist } from '../library/kind.ts'
import { encodePath } from '../library/paths.ts'

/** What a link permits: its URL alone, or all that is below a folder. */
export const SIGN_SCOPES = ['exact', 'prefix'] as const

export interface SignedLinkOptions extends Pick<SignOptions, 'secret' | 'expiresIn'> {
  /** The origin of the server. */
  readonly base: string
  /** Whether the link is to be saved. Default: false. */
  readonly download?: boolean | undefined
  /** Default: `prefix` for the name of a folder, which ends in a slash; `exact` for everything else. */
  readonly scope?: (typeof SIGN_SCOPES)[number] | undefined
}

/**
 * A signed link to what someone named.
 *
 * @param path the name of a file or folder, the path of a URL, or a URL.
 * @throws TypeError if it cannot be signed.
 */
export async function signedLink(path: string, options: SignedLinkOptions): Promise<string> {
  const { secret, expiresIn, base, download = false } = options
  const isName = !path.startsWith('/') && !/^https?:\/\//i.test(path)
  const scope = options.scope ?? (isName && path.endsWith('/') ? 'prefix' : 'exact')
  const url = new URL(isName ? `/api/stream/${encodePath(path)}` : path, base)
  if (scope === 'exact') {
    if (download) url.searchParams.set('download', '')
    return signUrl(url, { secret, expiresIn })
  }
  if (download) {
    throw new TypeError('--download is for one file; a link below a signed folder may end in ?download')
  }
  // The file that a playlist is in says which folder is meant: its parts are there.
  const folder = isPlaylist(mediaType(url.pathname)) ? new URL('.', url) : url
  return (await signUrl(folder, { secret, expiresIn, scope })) + url.href.slice(folder.href.length)
}
