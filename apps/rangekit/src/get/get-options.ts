import type { Fields } from '@rangekit/range-core'
import { InvalidArgumentError } from 'commander'
import { basicCredentials } from '../url-parts.ts'

/** What is downloaded, and how. */
export interface DownloadRequest {
  readonly url: string
  /** `-` is the standard output; `undefined` the name that the server gives, in this folder. */
  readonly output: string | undefined
  /** Whether a file that is there may be replaced. */
  readonly force: boolean
  readonly connections: number
  readonly headers: Fields
  readonly signal: AbortSignal
  /** Takes what the user should know. */
  readonly notice: (text: string) => void
}

/** What has arrived so far; the download updates it. */
export interface DownloadState {
  name: string
  /** In the file or on its way there, earlier downloads included. */
  bytes: number
  /** Of these, what an earlier download had fetched. */
  resumedBytes: number
  length: number | undefined
}

/** How a download ended. */
export interface Downloaded {
  /** The algorithm of the digest that was compared; `undefined` if the server offers none. */
  readonly verified: string | undefined
}

/** Parses the URL of a file. */
export function fileUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('Expected a URL such as https://media.example/film.mp4.')
  }
  url.hash = ''
  return url.href
}

/** Takes a user and a password out of a URL, unless Authorization was given. */
export function withoutUserInfo(
  href: string,
  headers: Fields,
): { readonly url: string; readonly headers: Fields } {
  const url = new URL(href)
  const authorization = basicCredentials(url)
  if (authorization === undefined) return { url: href, headers }
  url.username = url.password = ''
  const isGiven = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  return { url: url.href, headers: isGiven ? headers : { ...headers, authorization } }
}
