import { formatEntityTag, type RepresentationInfo } from '@rangekit/range-core'
import { OriginError } from '../origin/origin-error.ts'
import { nameOf } from '../origin/status-fault.ts'

/** What a server says of a file. */
export interface RemoteInfo {
  /** As it was opened. */
  readonly url: string
  /** Its media type; empty if there is none. */
  readonly type: string
  /** Its entity tag as the server sent it, such as `"abc"` or `W/"abc"`. */
  readonly etag: string | undefined
  /** When the server says it was last modified. */
  readonly lastModified: Date | undefined
  /** Digests of the whole file in base64 by algorithm, if the server sent any. */
  readonly digests: Readonly<Record<string, string>>
  /** Further fields of the server's answer that describe the file. */
  readonly fields: Readonly<Record<string, string>>
}

export function remoteInfo(url: string, info: Omit<RepresentationInfo, 'completeLength'>): RemoteInfo {
  const { contentType = '', etag, lastModified, digests = {}, fields = {} } = info
  return { url, type: contentType, etag: etag && formatEntityTag(etag), lastModified, digests, fields }
}

/**
 * In a page, a URL may be relative to that of the page.
 *
 * @throws TypeError if it cannot be asked for.
 */
export function remoteUrl(url: string | URL): string {
  const whole = URL.parse(url) ?? new URL(url, globalThis.location?.href)
  if (!/^https?:$/.test(whole.protocol)) {
    throw new TypeError(`Expected a URL of http or https, got ${whole.protocol}`)
  }
  // `fetch` does not take them, and error texts would repeat them.
  if (whole.username !== '' || whole.password !== '') {
    throw new TypeError('The URL must have no user name and no password; set Authorization in headers')
  }
  return whole.href
}

/** The error for a URL where there is nothing. */
export function missing(url: string): OriginError {
  return new OriginError('missing', `There is no file at ${nameOf(url)}`)
}
