import {
  createHandler,
  detailResponse,
  type HandlerOptions,
  keyFromPath,
  pathOf,
  type RangeSource,
} from '@rangekit/range-core'
import { create as formatDisposition } from 'content-disposition'
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import { mediaCors } from './cors.ts'
import { NOT_FOUND } from './server.ts'
import { type VerifyOptions, verifySignedUrl } from './signed-url.ts'

export interface StreamOptions extends Omit<HandlerOptions, 'key' | 'fields'> {
  /**
   * Whether a file is offered for saving rather than shown: `Content-Disposition: attachment` with its name.
   * A request can ask for it with `?download` whatever this says. Default: false.
   */
  readonly download?: boolean | undefined
  /**
   * Only links signed by `signUrl` are served, and everything else is a 403. Their responses are
   * `Cache-Control: private` unless `cacheControl` says otherwise. Default: no signatures are asked for.
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

/**
 * Routes that stream what a source has, to mount anywhere in a Hono app: everything below the place where
 * they are mounted is a key.
 *
 * @example
 * app.route('/api/stream', streamRoutes(fileSource('./media')))
 */
export function streamRoutes(source: RangeSource, { cors, ...options }: StreamRouteOptions = {}): Hono {
  const handlers = new Map<string, (request: Request) => Response | Promise<Response>>()
  const routes = new Hono()
  if (cors !== undefined) routes.use(mediaCors(cors))
  return routes.all('/*', (context) => {
    const pattern = routePath(context)
    let handler = handlers.get(pattern)
    if (handler === undefined) {
      // The pattern has one segment for each of the mounting path's, and `*` for the key.
      handler = streamHandler(source, pattern.split('/').length - 2, options)
      handlers.set(pattern, handler)
    }
    return handler(context.req.raw)
  })
}

/**
 * The same without Hono: a `(Request) => Response | Promise<Response>`.
 *
 * @param skip how many leading segments of a request's path belong to the place where it is mounted.
 * @example
 * Deno.serve(streamHandler(fileSource('./media'), 2)) // GET /api/stream/film.mp4
 */
export function streamHandler(
  source: RangeSource,
  skip = 0,
  options: StreamOptions = {},
): (request: Request) => Response | Promise<Response> {
  const { download = false, sandbox = true, signed } = options
  const handler = createHandler(source, {
    ...options,
    notFound: options.notFound ?? NOT_FOUND,
    cacheControl: options.cacheControl ?? (signed === undefined ? undefined : 'private'),
    key: ({ url }) => keyFromPath(pathOf(url), skip),
    fields: ({ url }, key, { contentType = '' }) => ({
      ...((download || asksForDownload(url)) && { 'Content-Disposition': formatDisposition(baseName(key)) }),
      ...(sandbox && RUNNABLE.test(contentType) && { 'Content-Security-Policy': SANDBOX }),
    }),
  })
  if (signed === undefined) return handler
  return async (request) =>
    // OPTIONS tells nothing that is not public, and a preflight cannot be signed.
    request.method === 'OPTIONS' || (await verifySignedUrl(request, signed))
      ? handler(request)
      : detailResponse(request.method, 403, 'Forbidden', { 'Cache-Control': 'no-store' })
}

function asksForDownload(url: string): boolean {
  return url.includes('?') && new URL(url).searchParams.has('download')
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
