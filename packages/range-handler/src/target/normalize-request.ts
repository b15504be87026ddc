import { normalizeTarget } from './request-target.ts'

/**
 * A request with its path in normal form, for servers that do not normalise targets themselves. Call it before any
 * middleware looks at the path.
 *
 * @returns the same object where nothing changes; `undefined` where {@link normalizeTarget} refuses the URL, which
 * calls for a 404.
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
