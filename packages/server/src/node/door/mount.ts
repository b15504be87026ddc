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

/** What a target in absolute form has in front of its path (9112 §3.2.2). */
export const ORIGIN = /^https?:\/\/[^/?#]*/i
const EMPTY_SEGMENT = /^(?=\/)[^?#]*\/\//
/** It has no normal form, so it is refused. */
const NOWHERE: Place = { target: '', mountPath: undefined }

/**
 * Finds the whole target of a request, from which a router may have cut off the path at which it mounts a handler.
 *
 * A router must not lead to a path that guards mounted below have not seen: `/a//private/x` is `/a` and `/private/x` to
 * Express 4, and `/a.private/x` is `/a` and `/.private/x` to Connect.
 */
export function placeOf({ url = '', baseUrl, originalUrl }: RoutedMessage): Place {
  const original = typeof originalUrl === 'string' ? originalUrl : url
  if (EMPTY_SEGMENT.test(original)) return { target: original, mountPath: undefined }
  if (typeof baseUrl === 'string') {
    // Unlike the original target, this one has what a middleware rewrote.
    const target = url.startsWith('/') ? baseUrl + url : original
    return { target, mountPath: baseUrl === '' ? undefined : baseUrl }
  }
  const [path, whole] = [url.replace(ORIGIN, ''), original.replace(ORIGIN, '')]
  const mounted = whole.length - path.length
  if (mounted > 0) {
    const isCut = whole.endsWith(path)
    // In absolute form, Connect makes `http://host.private/x` of `http://host/a.private/x`.
    const isOneHost = original.length - whole.length === url.length - path.length
    if (isCut && isOneHost) return { target: original, mountPath: whole.slice(0, mounted) }
    if (isCut || (path.startsWith('/.') && whole.endsWith(path.slice(1)))) return NOWHERE
  }
  return { target: url, mountPath: undefined }
}
