import { planMethod } from '@rangekit/range-core'
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

const ALLOW = planMethod('OPTIONS')?.headers['Allow'] ?? ''

/**
 * CORS for players, PDF viewers, map readers and databases in a browser: their pages may send range and conditional
 * requests, and may read which range they received.
 *
 * @param origin an origin, several, or `*`.
 * @example
 * app.use('/api/stream/*', mediaCors('https://player.example'))
 */
export function mediaCors(origin: string | readonly string[]): MiddlewareHandler {
  const answer = cors({
    origin: typeof origin === 'string' ? origin : [...origin],
    allowMethods: ALLOW.split(', '),
    allowHeaders: [
      'Range',
      'If-Range',
      'If-Match',
      'If-None-Match',
      'If-Modified-Since',
      'If-Unmodified-Since',
      'Want-Repr-Digest',
      // Google Cast requests these two in every preflight.
      'Accept-Encoding',
      'Content-Type',
    ],
    exposeHeaders: [
      'Content-Range',
      'Accept-Ranges',
      'Content-Length',
      'ETag',
      'Last-Modified',
      'Content-Disposition',
      'Repr-Digest',
    ],
    maxAge: 86_400,
  })
  return async (context, next) => {
    const response = await answer(context, next)
    // Hono answers OPTIONS itself, but it omits Allow; add it (9110 §9.3.7).
    if (response instanceof Response) response.headers.set('Allow', ALLOW)
    return response
  }
}
