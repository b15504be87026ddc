import { isHidden, isKey } from '@rangekit/range-core'
import { isLinkable } from '../library/paths.ts'
import { basicCredentials, decoded, nameOfUrl } from '../url-parts.ts'
import type { Problem } from './place.ts'

/** What the argument of the command names. */
export type PlaceAddress =
  | { readonly kind: 'folder'; readonly dir: string }
  /** `prefix` is empty or ends in a slash. */
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string }
  /** `url` ends in a slash. */
  | { readonly kind: 'origin'; readonly url: string; readonly authorization?: string }
  /** `key` is the name by which the film is served here. */
  | { readonly kind: 'film'; readonly url: string; readonly key: string; readonly authorization?: string }

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i
/** For a film whose URL has no name that could be a key. */
const UNNAMED = 'film'

/**
 * Reads the argument of the command: `s3://bucket/prefix`, `https://origin/path/`, `https://origin/film.mp4`, or
 * otherwise a folder. One that is called `s3:` is named `./s3:`.
 */
export function readPlaceAddress(text: string): PlaceAddress | Problem {
  switch (SCHEME.exec(text)?.[1]?.toLowerCase()) {
    case undefined:
      return { kind: 'folder', dir: text }
    case 's3':
      return readBucket(text.slice('s3://'.length))
    case 'http':
    case 'https':
      return readUrl(text)
    default:
      return { problem: `${scheme(text)} is not supported; name a folder, s3://, http:// or https://` }
  }
}

function scheme(text: string): string {
  return SCHEME.exec(text)?.[0] ?? text
}

/** Keys of S3 are not percent-encoded here, as in the tools of AWS. */
function readBucket(text: string): PlaceAddress | Problem {
  const [bucket = '', ...rest] = text.split('/')
  const path = rest.join('/').replace(/\/$/, '')
  if (!/^[\w.-]{1,255}$/.test(bucket)) return { problem: 'expected s3://BUCKET or s3://BUCKET/PREFIX' }
  if (path !== '' && !isKey(path)) {
    return { problem: `the prefix ${path} has an empty segment or a dot segment` }
  }
  return { kind: 'bucket', bucket, prefix: path === '' ? '' : `${path}/` }
}

function readUrl(text: string): PlaceAddress | Problem {
  const url = URL.parse(text)
  // Not the text itself: it may contain a password.
  if (url === null) return { problem: 'expected a URL such as https://media.example/films/' }
  const authorization = basicCredentials(url)
  const credentials = authorization === undefined ? {} : { authorization }
  url.username = url.password = url.hash = ''
  if (!url.pathname.endsWith('/')) return { kind: 'film', url: url.href, key: nameOf(url), ...credentials }
  if (url.search !== '') {
    return { problem: `${nameOfUrl(url.href)} cannot have a query; only the URL of one file can` }
  }
  return { kind: 'origin', url: url.href, ...credentials }
}

function nameOf({ pathname }: URL): string {
  const name = decoded(pathname.slice(pathname.lastIndexOf('/') + 1))
  const isUsable = !name.includes('/') && isKey(name) && !isHidden(name) && isLinkable(name)
  return isUsable ? name : UNNAMED
}
