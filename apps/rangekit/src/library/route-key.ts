import { keyFromPath, pathOf } from '@rangekit/range-handler'

/** The part of a route that takes the rest of the path as a key. Unlike `.`, `[^]` matches line separators. */
export const KEY = ':key{[^]+}'

/**
 * The key that a route with {@link KEY} matched, if it is the end of the URL's path, decoded once; otherwise
 * `undefined`: if the router had read the URL in another way than we do, so might a guard.
 */
export function routeKey(matched: string, url: string): string | undefined {
  const path = keyFromPath(pathOf(url))
  return path === matched || path?.endsWith(`/${matched}`) ? matched : undefined
}
