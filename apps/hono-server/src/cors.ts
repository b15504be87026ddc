import { type CorsOrigins, preflightResponse, withCors } from '@rangekit/range-handler'
import type { MiddlewareHandler } from 'hono'

/**
 * CORS for players, PDF viewers, map readers and databases in a browser: their pages may send range and conditional
 * requests, and may read which range they received.
 *
 * @param origins an origin, several, or `*`.
 * @example
 * app.use('/api/stream/*', mediaCors('https://player.example'))
 */
export function mediaCors(origins: CorsOrigins): MiddlewareHandler {
  return async (context, next) => {
    const request = context.req.raw
    if (request.method === 'OPTIONS') return preflightResponse(request, origins)
    await next()
    const response = withCors(context.res, request, origins)
    if (response !== context.res) context.res = response
    return undefined
  }
}
