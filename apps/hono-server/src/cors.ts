import { planMethod } from '@rangekit/range-core'
import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/**
 * CORS as players, PDF viewers, map readers and databases in a browser need it: they may ask for ranges under
 * conditions, and see what they got.
 *
 * @param origin one origin, several, or `*`.
 * @example
 * app.use('/api/stream/*', mediaCors('https://player.example'))
 */
export function mediaCors(origin: string | readonly string[]): MiddlewareHandler {
  const answer = cors({
    origin: typeof origin === 'string' ? origin : [...origin],
    allowMethods: ['GET', 'HEAD', 'OPTIONS'],
    allowHeaders: [
      'Range',
      'If-Range',
      'If-Match',
      'If-None-Match',
      'If-Modified-Since',
      'If-Unmodified-Since',
      'Want-Repr-Digest',
      // Google Cast asks for these two in every preflight.
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
    // Hono answers OPTIONS itself, but omits Allow (9110 §9.3.7).
    if (response instanceof Response)
      response.headers.set('Allow', planMethod('OPTIONS')?.headers['Allow'] ?? '')
    return response
  }
}
