import type { RangeSource } from '@rangekit/range-core'
import {
  detailResponse,
  keyFromPath,
  pathOf,
  type StreamOptions,
  streamHandler,
} from '@rangekit/range-handler'
import { Hono } from 'hono'
import { mediaCors } from './cors.ts'

/** Options of {@link streamRoutes}. */
export type StreamRouteOptions = Omit<StreamOptions, 'key' | 'prefix'>

// Unlike `.`, `[^]` matches line separators, which a key may contain.
const KEY_PARAM = 'rangekitKey'
const KEY_PATTERN = `/:${KEY_PARAM}{[^]+}`

// A symbol property: a WeakMap entry per request would dominate GC time for small responses.
const KEY = Symbol('key')
interface KeyedRequest extends Request {
  [KEY]?: string | undefined
}

/**
 * Creates Hono routes that serve a source. They can be mounted anywhere in an app: everything below the mount path is a
 * key.
 *
 * The key is what the router matched, so it is what guards in front have seen. It must also be the end of the request's
 * path, in canonical spelling: the `getPath` of an app may put something in front of the path, but a path that it
 * rewrites is a 404. Only the permission of a signed folder is taken out of it.
 *
 * @throws TypeError where `signed` has no secret, or an empty one.
 * @example
 * app.route('/api/stream', streamRoutes(fileSource('./media')))
 */
export function streamRoutes(source: RangeSource, { cors, ...options }: StreamRouteOptions = {}): Hono {
  const handler = streamHandler(source, { ...options, key: (request: KeyedRequest) => request[KEY] })
  const routes = new Hono()
  // Here and not in the handler, because what is no key gets these fields, too.
  if (cors !== undefined) routes.use(mediaCors(cors))
  return routes
    .all(KEY_PATTERN, ({ req, env }) => {
      const request: KeyedRequest = req.raw
      request[KEY] = matchedKey(req.param(KEY_PARAM), req.url)
      return handler(request, env)
    })
    .notFound(({ req }) => detailResponse(req.method, 404, options.notFound ?? 'Not found'))
}

/**
 * What the router matched, if it is the end of the URL's path, decoded once; otherwise `undefined`. Hono decodes paths
 * leniently and in two steps, and an app may have its own `getPath`. If one of them read the URL differently, a guard
 * may have, too.
 */
function matchedKey(key: string | undefined, url: string): string | undefined {
  const path = keyFromPath(pathOf(url))
  if (key === undefined || path === undefined) return undefined
  return path === key || path.endsWith(`/${key}`) ? key : undefined
}
