import type { RangeSource } from '@rangekit/range-core'
import {
  checkVerifyOptions,
  createHandler,
  detailResponse,
  type HandlerOptions,
  keyFromPath,
  pathOf,
  reportTransfer,
  type TransferListener,
  type VerifyOptions,
  verifySignedUrl,
} from '@rangekit/range-handler'
import { create as formatDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { mediaCors } from './cors.ts'

/** Options of {@link streamHandler}. */
export interface StreamOptions extends Omit<HandlerOptions, 'key' | 'fields'> {
  /**
   * Whether files are sent as downloads: `Content-Disposition: attachment` with the file's name. A request with
   * `?download` gets it even if this is false. Default: false.
   */
  readonly download?: boolean | undefined
  /**
   * Serves only links signed by `signUrl`; everything else is a 403. All responses have `Referrer-Policy: no-referrer`,
   * and files have `Cache-Control: private` unless `cacheControl` is set. Default: no signature is required.
   */
  readonly signed?: Pick<VerifyOptions, 'secrets' | 'clockTolerance'> | undefined
  /**
   * Whether files that a browser would run (HTML, SVG, XML, JavaScript) get a sandboxing Content-Security-Policy, which
   * keeps them from acting on the origin that serves them. Default: true.
   */
  readonly sandbox?: boolean | undefined
}

/** Options of {@link streamRoutes}. */
export interface StreamRouteOptions extends StreamOptions {
  /** Origins whose pages may read the responses, see `mediaCors`. Default: none. */
  readonly cors?: string | readonly string[] | undefined
}

const RUNNABLE = /\b(?:html|xml|svg|javascript|ecmascript)\b/i
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** A web-standard handler. `info` is what the runtime passes as a second argument, if anything. */
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
 * Creates Hono routes that serve a source. They can be mounted anywhere in an app: everything below the mount path is a
 * key.
 *
 * The key is what the router matched, so it is what guards in front have seen. It must also be the end of the request's
 * path, in canonical spelling: the `getPath` of an app may put something in front of the path, but a path that it
 * rewrites is a 404.
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
 * What the router matched, if it is the end of the URL's path, decoded once; otherwise `undefined`. Hono decodes paths
 * leniently and in two steps, and an app may have its own `getPath`. If one of them read the URL differently, a guard
 * may have, too.
 */
function matchedKey(key: string | undefined, url: string): string | undefined {
  const path = keyFromPath(pathOf(url))
  if (key === undefined || path === undefined) return undefined
  return path === key || path.endsWith(`/${key}`) ? key : undefined
}

/**
 * Creates a handler that serves a source without Hono. If the server does not normalise request targets, call
 * `normalizeRequest` first: a path with needless percent-encoding is a 404.
 *
 * @param skip how many leading segments of the path belong to the mount path. Default: 0.
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
  return signed === undefined ? handler : signedOnly(handler, signed, key, options.onTransfer)
}

function signedOnly(
  handler: StreamHandler,
  signed: VerifyOptions,
  key: (request: Request) => string | undefined,
  onTransfer: TransferListener | undefined,
): StreamHandler {
  checkVerifyOptions(signed)
  const refuse = (request: Request) => {
    const response = detailResponse(request.method, 403, 'Forbidden', { 'Cache-Control': 'no-store' })
    reportTransfer(onTransfer, request, response, key(request))
    return response
  }
  return async (request, info) => {
    // A response to OPTIONS reveals nothing that is not public, and a preflight cannot be signed.
    const isAllowed = request.method === 'OPTIONS' || (await verifySignedUrl(request, signed))
    const response = isAllowed ? await handler(request, info) : refuse(request)
    // The URL is the permission: a document must not leak it, in Referer, to what it loads or links to.
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
