import { andThen, type RangeSource } from '@rangekit/range-core'
import { create as formatDisposition } from 'content-disposition'
import { forbiddenResponse } from '../detail-response.ts'
import { createHandler } from '../handler.ts'
import type { HandlerOptions } from '../handler-options.ts'
import { keyReader } from '../target/mount-path.ts'
import { unsignedPath } from '../target/signed-claim.ts'
import { checkVerifyOptions, type VerifyOptions, verifySignedUrl } from '../target/signed-url.ts'
import { reportTransfer, type TransferListener } from '../transfer.ts'
import { type CorsOrigins, withCors } from './cors.ts'
import { withFields } from './with-fields.ts'

/** Options of {@link streamHandler}. */
export interface StreamOptions extends HandlerOptions {
  /**
   * Whether files are sent as downloads: `Content-Disposition: attachment` with the file's name. A request with
   * `?download` gets it even if this is false. A function gives another name, or `undefined` for the file's own, and
   * leaves it to the request. Default: false.
   */
  readonly download?: boolean | ((key: string) => string | undefined) | undefined
  /**
   * Serves only links signed by `signUrl`; everything else is a 403. All responses have `Referrer-Policy: no-referrer`.
   * Below a signed folder, a key does not contain the segment that permits it: it is the one that `authorize`,
   * `cacheControl` and the source get. The folder has to be the prefix, or below it. Default: no signature is required.
   */
  readonly signed?: Pick<VerifyOptions, 'secrets' | 'clockTolerance'> | undefined
  /**
   * Whether files that a browser would run (HTML, SVG, XML, JavaScript) get a sandboxing Content-Security-Policy, which
   * keeps them from acting on the origin that serves them. Default: true.
   */
  readonly sandbox?: boolean | undefined
  /** Origins whose pages may read the responses, or `*` for all. Default: none. */
  readonly cors?: CorsOrigins | undefined
}

/** A web-standard handler. `info` is what the runtime passes as a second argument, if anything. */
export type StreamHandler = (request: Request, info?: unknown) => Response | Promise<Response>

const RUNNABLE = /\b(?:html|xml|svg|javascript|ecmascript)\b/i
const SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/**
 * Creates the handler of an endpoint for files: {@link createHandler} with signed links, CORS, downloads and a sandbox
 * for files that a browser would run.
 *
 * Two defaults differ from those of `createHandler`. `Cache-Control` is `private` if `signed` or `authorize` is set and
 * `cacheControl` is not. And every `Cache-Control` says `no-transform` (9111 §5.2.2.6), whatever the caller or the
 * source adds: a middleware or proxy that compresses a 206 makes its Content-Range a lie, and most of them look at this
 * directive only. `noTransform: false` leaves it out.
 *
 * If the server does not normalise request targets, call `normalizeRequest` first: a path with needless percent-encoding
 * is a 404.
 *
 * @throws TypeError if `prefix` is not a path in normal form, or `signed` has no secret, or an empty one.
 * @example
 * const films = streamHandler(source, { prefix: '/api/stream' })
 * const response = await films(new Request('http://localhost/api/stream/film.mp4'))
 * response.headers.get('Cache-Control') // 'no-transform'
 */
export function streamHandler(source: RangeSource, options: StreamOptions = {}): StreamHandler {
  const { cors, download = false, fields, noTransform = true, sandbox = true, signed } = options
  const keyOf = keyReader(options)
  const nameOf = (key: string) =>
    (typeof download === 'function' ? download(key) : undefined) ?? baseName(key)
  const isPrivate = signed !== undefined || options.authorize !== undefined
  const handler = createHandler(source, {
    ...options,
    ...(signed !== undefined && { key: (request: Request) => unsignedKey(keyOf(request)) }),
    noTransform,
    cacheControl: options.cacheControl ?? (isPrivate ? 'private' : undefined),
    fields: (request, key, found) => ({
      ...((download === true || asksForDownload(request.url)) && {
        'Content-Disposition': formatDisposition(nameOf(key)),
      }),
      ...(sandbox && RUNNABLE.test(found.contentType ?? '') && { 'Content-Security-Policy': SANDBOX }),
      ...fields?.(request, key, found),
    }),
  })
  const guarded = signed === undefined ? handler : signedOnly(handler, signed, keyOf, options.onTransfer)
  if (cors === undefined) return guarded
  return (request, info) => andThen(guarded(request, info), (response) => withCors(response, request, cors))
}

/** The key of a request whose URL was verified. */
function unsignedKey(key: string | undefined): string | undefined {
  return key && unsignedPath(`/${key}`).slice(1)
}

function signedOnly(
  handler: StreamHandler,
  signed: VerifyOptions,
  keyOf: (request: Request) => string | undefined,
  onTransfer: TransferListener | undefined,
): StreamHandler {
  checkVerifyOptions(signed)
  const refuse = (request: Request) => {
    const response = forbiddenResponse(request.method)
    if (onTransfer !== undefined) reportTransfer(onTransfer, request, response, attempt(keyOf, request))
    return response
  }
  return async (request, info) => {
    // A response to OPTIONS reveals nothing that is not public, and a preflight cannot be signed.
    const isAllowed = request.method === 'OPTIONS' || (await verifySignedUrl(request, signed))
    const response = isAllowed ? await handler(request, info) : refuse(request)
    // The URL is the permission: a document must not leak it, in Referer, to what it loads or links to.
    return withFields(response, { 'Referrer-Policy': 'no-referrer' })
  }
}

/** What a refused request names. Whether that is a fault does not matter any more. */
function attempt<T>(keyOf: (request: Request) => T, request: Request): T | undefined {
  try {
    return keyOf(request)
  } catch {
    return undefined
  }
}

function asksForDownload(url: string): boolean {
  return url.includes('?') && new URL(url).searchParams.has('download')
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
