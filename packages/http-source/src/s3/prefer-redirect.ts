import type { MaybePromise } from '@rangekit/range-core'
import type { S3Bucket } from './s3-bucket.ts'

/** Options of {@link preferRedirect}. */
export interface RedirectOptions {
  /** How long a URL can be used, in seconds. A download that has begun is not cut off. Default: 60. */
  readonly expiresIn?: number | undefined
  /**
   * Whether files are sent as downloads, as the option of the same name of `streamHandler`: always, or for a request
   * with `?download`, then with the name that a function gives, or the file's own. Default: false.
   */
  readonly download?: boolean | ((key: string) => string | undefined) | undefined
  /** Asked before. Default: everything is allowed. */
  readonly authorize?: ((request: Request, key: string) => MaybePromise<boolean | Response>) | undefined
}

/**
 * Lets the store send whole files: a GET without Range and without preconditions is answered by a redirect to a URL that
 * is signed for a short time. All others, HEAD included, are answered from the source: ranges of players, and requests
 * of scripts on a page, for which the bucket would need CORS.
 *
 * @returns for the option `authorize` of `createHandler`, `streamHandler` and `streamRoutes`.
 * @example
 * const bucket = s3Bucket({ bucket: 'films', credentials })
 * const handler = createHandler(bucket.source, { authorize: preferRedirect(bucket) })
 */
export function preferRedirect(
  bucket: S3Bucket,
  options: RedirectOptions = {},
): (request: Request, key: string) => Promise<boolean | Response> {
  const { expiresIn = 60, download = false, authorize = () => true } = options
  return async (request, key) => {
    const allowed = await authorize(request, key)
    if (allowed !== true || !isWholeDownload(request)) return allowed
    // What is missing is reported by the handler, not by the store.
    const found = await bucket.source.open(key, { signal: request.signal })
    if (found === undefined) return true
    await found.close()
    const isDownload = download === true || new URL(request.url).searchParams.has('download')
    const name =
      (typeof download === 'function' ? download(key) : undefined) ?? key.slice(key.lastIndexOf('/') + 1)
    const location = await bucket.presign(key, {
      expiresIn,
      download: isDownload ? name : undefined,
      contentType: found.contentType,
    })
    return new Response(null, {
      status: 302,
      headers: { Location: location, 'Cache-Control': 'no-store', 'Content-Length': '0' },
    })
  }
}

/** Whether only the URL decides the answer: a store would judge preconditions by its own rules. */
function isWholeDownload({ method, headers }: Request): boolean {
  const decides = ([name]: [string, string]) => name === 'range' || name.startsWith('if-')
  return method === 'GET' && headers.get('Sec-Fetch-Mode') !== 'cors' && ![...headers].some(decides)
}
