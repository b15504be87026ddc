import { mediaType } from '@rangekit/media-type'
import { keyFromPath } from '@rangekit/range-handler'
import { isPlaylist } from '../library/kind.ts'

/** What a signed link is for: one file, or a folder and all that is below it. The root is the folder `''`. */
export type Scope =
  | { readonly kind: 'file'; readonly key: string }
  | { readonly kind: 'folder'; readonly path: string }

/**
 * What the link to a page grants: `/` and `/browse/{folder}/` a folder, `/watch/{key}` a file.
 *
 * @param path the path of a URL in normal form, percent-encoded.
 * @returns `undefined` for every other path, and for one that names no key.
 */
export function pageScope(path: string): Scope | undefined {
  if (path === '/') return { kind: 'folder', path: '' }
  const folder = keyFromPath(path.replace(/\/$/, ''), '/browse')
  if (folder !== undefined) return { kind: 'folder', path: folder }
  const key = keyFromPath(path, '/watch')
  return key === undefined ? undefined : { kind: 'file', key }
}

/** What a signed link to facts, a cover or subtitles is about. It is for that request alone and opens no page. */
export function requestScope(path: string): Scope | undefined {
  const [prefix = ''] = /^\/api\/(?:media|cover|subtitles)\//.exec(path) ?? []
  const key = prefix === '' ? undefined : keyFromPath(path, prefix)
  return key === undefined ? undefined : { kind: 'file', key }
}

/** Whether a scope includes a file. */
export function includesFile(scope: Scope, key: string): boolean {
  if (scope.kind === 'file') return key === scope.key
  return scope.path === '' || key.startsWith(`${scope.path}/`)
}

/** Whether a scope includes a folder, with all that is below it. */
export function includesFolder(scope: Scope, path: string): boolean {
  if (scope.kind === 'file') return false
  return scope.path === '' || path === scope.path || path.startsWith(`${scope.path}/`)
}

const STREAMS = 'api/stream/'

/**
 * The folder that a player needs along with a file, as a link that ends in a slash; `undefined` if it needs the file
 * alone. The link to a playlist of HLS or DASH reaches what is below its folder, where its parts are.
 *
 * Where the scope is a playlist at the root, that would be the whole library: it reaches no further than the file.
 *
 * @param link to a file that the scope includes, relative to the root of the server. One with a query is to be saved, not
 * played.
 * @param within the kind of the scope.
 */
export function streamFolder(link: string, within: Scope['kind']): string | undefined {
  if (!link.startsWith(STREAMS) || !isPlaylist(mediaType(link))) return undefined
  const folder = link.slice(0, link.lastIndexOf('/') + 1)
  return folder === STREAMS && within === 'file' ? undefined : folder
}
