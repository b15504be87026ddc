import type { RangeSource } from '@rangekit/range-core'
import {
  checkVerifyOptions,
  createHandler,
  detailResponse,
  type HandlerOptions,
  keyFromPath,
  pathOf,
  type VerifyOptions,
  verifySignedUrl,
} from '@rangekit/range-handler'
import { create as formatDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { mediaCors } from './cors.ts'

export interface StreamOptions extends Omit<HandlerOptions, 'key' | 'fields'> {
  /**
   * Whether a file is offered for saving rather than shown: `Content-Disposition: attachment` with its name.
   * A request can ask for it with `?download` whatever this says. Default: false.
   */
  readonly download?: boolean | undefined
  /**
   * Only links signed by `signUrl` are served, and everything else is a 403. Their responses carry
   * `Referrer-Policy: no-referrer`, and `Cache-Control: private` unless `cacheControl` says otherwise. Default: no
   * signatures are asked for.
   */
  readonly signed?: Pick<VerifyOptions, 'secrets' | 'clockTolerance'> | undefined
  /**
   * Whether files that a browser would run (HTML, SVG, XML, JavaScript) are kept from acting on the origin that
   * serves them, by a sandboxing Content-Security-Policy. Default: true.
   */
  readonly sandbox?: boolean | undefined
}

export interface StreamRouteOptions extends StreamOptions {
  /** Origins whose pages may read the responses, see `mediaCors`. Default: none. */
  readonly cors?: string | readonly string[] | undefined
}

const RUNNABLE = /\b(?:html|xml|svg|javascript|ecmascript)\b/i
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** A web-standard handler. `info` is what the runtime passes beside the request, if anything. */
export type StreamHandler = (request: Request, info?: unknown) => Response | Promise<Response>

// Unlike `.`, `[^]` matches line separators, which a key may contain.
const KEY_PARAM = 'rangekitKey'
const KEY_PATTERN = `/:${KEY_PARAM}{[^]+}`

// A symbol property: a WeakMap entry per request would dominate GC time for small responses.
const KEY = Symbol('key')
interface KeyedRequest extends Request {
  [KEY]?: string | undefined
}

/**
 * Routes that stream what a source has, to mount anywhere in a Hono app: everything below the place where they are
 * mounted is a key.
 *
 * The key is what the router matched, so it is what guards in front of it have seen. It must also be the end of the
 * request's path, in a canonical spelling: a `getPath` of the app may put something in front of the path, but nothing
 * that it rewrites is served.
 *
 * @throws TypeError where `signed` has no secret, or an empty one.
 * @example
 * app.route('/api/stream', streamRoutes(fileSource('./media')))
 */
export function streamRoutes(source: RangeSource, { cors, ...options }: StreamRouteOptions = {}): Hono {
  const handler = createStreamHandler(source, (request: KeyedRequest) => request[KEY], options)
  const routes = new Hono()
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
 * What the router matched, where it is the end of the URL's path decoded once. Hono decodes paths leniently and in two
 * steps, and an app may have a `getPath` of its own: where any of them saw something else than the URL says, so may
 * have a guard.
 */
function matchedKey(key: string | undefined, url: string): string | undefined {
  const path = keyFromPath(pathOf(url))
  if (key === undefined || path === undefined) return undefined
  return path === key || path.endsWith(`/${key}`) ? key : undefined
}

/**
 * The same without Hono. Behind a server that does not normalise request targets itself, call `normalizeRequest`
 * first: a path with needless percent-encoding is a 404.
 *
 * @param skip how many leading segments of a request's path belong to the place where it is mounted.
 * @throws TypeError where `signed` has no secret, or an empty one.
 * @example
 * Deno.serve(streamHandler(fileSource('./media'), 2)) // GET /api/stream/film.mp4
 */
export function streamHandler(source: RangeSource, skip = 0, options: StreamOptions = {}): StreamHandler {
  return createStreamHandler(source, ({ url }) => keyFromPath(pathOf(url), skip), options)
}

function createStreamHandler(
  source: RangeSource,
  key: (request: Request) => string | undefined,
  options: StreamOptions,
): StreamHandler {
  const { download = false, sandbox = true, signed } = options
  const handler: StreamHandler = createHandler(source, {
    ...options,
    cacheControl: options.cacheControl ?? (signed === undefined ? undefined : 'private'),
    key,
    fields: ({ url }, key, { contentType = '' }) => ({
      ...((download || asksForDownload(url)) && { 'Content-Disposition': formatDisposition(baseName(key)) }),
      ...(sandbox && RUNNABLE.test(contentType) && { 'Content-Security-Policy': SANDBOX }),
    }),
  })
  return signed === undefined ? handler : signedOnly(handler, signed)
}

function signedOnly(handler: StreamHandler, signed: VerifyOptions): StreamHandler {
  checkVerifyOptions(signed)
  return async (request, info) => {
    // OPTIONS tells nothing that is not public, and a preflight cannot be signed.
    const isAllowed = request.method === 'OPTIONS' || (await verifySignedUrl(request, signed))
    const response = isAllowed
      ? await handler(request, info)
      : detailResponse(request.method, 403, 'Forbidden', { 'Cache-Control': 'no-store' })
    // The URL is the permission: a document must not pass it on to what it loads or links to.
    response.headers.set('Referrer-Policy', 'no-referrer')
    return response
  }
}

function asksForDownload(url: string): boolean {
  return url.includes('?') && new URL(url).searchParams.has('download')
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
