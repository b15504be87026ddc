import { normalizeTarget } from './request-target.ts'

/**
 * A request with its path in normal form (RFC 3986 §6.2.2), for servers that do not normalize targets themselves. Call
 * it before any middleware looks at the path.
 *
 * @returns the same object if nothing changes; `undefined` if {@link normalizeTarget} rejects the URL: answer with a
 * 404.
 * @example
 * const normal = normalizeRequest(new Request('http://localhost/%66ilm.mp4'))
 * normal?.url // 'http://localhost/film.mp4'
 */
export function normalizeRequest(request: Request): Request | undefined {
  const { url } = request
  const normal = normalizeTarget(url)
  if (normal === undefined) return undefined
  return normal === url ? request : new Request(normal, request)
}
