import type { IncomingMessage } from 'node:http'

/** What a router says about a request that it passes on. */
interface RoutedMessage extends Pick<IncomingMessage, 'url'> {
  /** Express: the part of the target that the mount path matched, as the client spelled it. */
  readonly baseUrl?: unknown
  /** Express, Connect, Polka, Koa: the target before they cut off the mount path. */
  readonly originalUrl?: unknown
}

/** Where a request leads, as the web request has it. */
export interface Place {
  /** The whole request target: signatures cover it, and absolute links are made of it. */
  readonly target: string
  /** The part of its path at which the handler is mounted; `undefined` if no router says so. */
  readonly mountPath: string | undefined
}

/** Finds the whole target of a request, from which a router may have cut off the path at which it mounts a handler. */
export function placeOf({ url = '', baseUrl, originalUrl }: RoutedMessage): Place {
  const original = typeof originalUrl === 'string' ? originalUrl : url
  if (typeof baseUrl === 'string') {
    // Unlike the original target, this one has what a middleware rewrote.
    const target = url.startsWith('/') ? baseUrl + url : original
    return { target, mountPath: baseUrl === '' ? undefined : baseUrl }
  }
  const mounted = original.length - url.length
  if (mounted <= 0 || !original.endsWith(url)) return { target: url, mountPath: undefined }
  return { target: original, mountPath: original.slice(0, mounted) }
}
