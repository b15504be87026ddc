import { keyFromPath } from '@rangekit/range-handler'

/**
 * A key as a relative path of a URL.
 *
 * @example
 * encodePath('films/My film?.mp4') // 'films/My%20film%3F.mp4'
 */
export function encodePath(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/')
}

/** Whether a URL can name a key: some file systems allow line breaks, backslashes and lone surrogates in names. */
export function isLinkable(key: string): boolean {
  return key.isWellFormed() && keyFromPath(`/${encodePath(key)}`) === key
}

/** The key of a name in a folder. */
export function keyIn(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** The last segment of a key, and the folder before it: `''` for the root. */
export function splitKey(key: string): { readonly folder: string; readonly name: string } {
  const end = key.lastIndexOf('/')
  return { folder: key.slice(0, Math.max(end, 0)), name: key.slice(end + 1) }
}
