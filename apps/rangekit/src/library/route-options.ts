import { textResponse } from './text-response.ts'

/** Options of all routes of the library. */
export interface LibraryRouteOptions {
  /** The `detail` of a 404. */
  readonly notFound: string
  /** Called with the cause of every 500 and 503. Default: writes to the console. */
  readonly onError?: ((error: unknown, request: Request) => void) | undefined
}

/** What the library says is kept, but checked before each use. Shared caches keep nothing of what is signed: see guard. */
export const CACHE_CONTROL = 'no-cache'

/** Data as JSON, with an ETag. */
export function jsonResponse(request: Request, data: object): Response {
  return textResponse(request, JSON.stringify(data), {
    contentType: 'application/json',
    cacheControl: CACHE_CONTROL,
  })
}
