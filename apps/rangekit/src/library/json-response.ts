import { textResponse } from './text-response.ts'

/** Kept, but checked before each use. Where links are signed, `guard` adds `private`. */
export const CACHE_CONTROL = 'no-cache'

/** Data as JSON, with an ETag. */
export function jsonResponse(request: Request, data: object): Response {
  return textResponse(request, JSON.stringify(data), {
    contentType: 'application/json',
    cacheControl: CACHE_CONTROL,
  })
}
