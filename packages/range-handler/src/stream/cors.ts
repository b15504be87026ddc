import { planMethod } from '@rangekit/range-core'
import { withFields } from './with-fields.ts'

/** Origins whose pages may read responses: one, several, or `*` for all. */
export type CorsOrigins = string | readonly string[]

const METHODS = planMethod('OPTIONS')?.headers['Allow'] ?? ''

const REQUEST_FIELDS = [
  'Range',
  'If-Range',
  'If-Match',
  'If-None-Match',
  'If-Modified-Since',
  'If-Unmodified-Since',
  'Want-Repr-Digest',
  // Whoever sends it from a page has to know it.
  'Authorization',
  // Google Cast requests these two in every preflight.
  'Accept-Encoding',
  'Content-Type',
]

const RESPONSE_FIELDS = [
  'Content-Range',
  'Accept-Ranges',
  'Content-Length',
  'ETag',
  'Last-Modified',
  'Content-Disposition',
  'Repr-Digest',
]

/** How long a browser may remember the answer to a preflight, in seconds. */
const MAX_AGE = 86_400

/**
 * The fields that let the pages of some origins send range and conditional requests, and read which range they received
 * (Fetch standard, CORS protocol). `Vary` is to be merged with the response's own.
 */
export function corsFields(request: Request, origins: CorsOrigins): Readonly<Record<string, string>> {
  const all = typeof origins === 'string' ? origins === '*' : origins.includes('*')
  const origin = request.headers.get('Origin') ?? ''
  const isAllowed = all || (typeof origins === 'string' ? origins === origin : origins.includes(origin))
  return {
    // What another origin gets is another response, also for caches.
    ...(!all && { Vary: 'Origin' }),
    ...(isAllowed && { 'Access-Control-Allow-Origin': all ? '*' : origin }),
    ...(isAllowed && (request.method === 'OPTIONS' ? PREFLIGHT : EXPOSED)),
  }
}

const EXPOSED = { 'Access-Control-Expose-Headers': RESPONSE_FIELDS.join(', ') }
const PREFLIGHT = {
  'Access-Control-Allow-Methods': METHODS,
  'Access-Control-Allow-Headers': REQUEST_FIELDS.join(', '),
  'Access-Control-Max-Age': String(MAX_AGE),
}

/** The response to a preflight, which reveals nothing of what the path names. */
export function preflightResponse(request: Request, origins: CorsOrigins): Response {
  return new Response(null, { status: 204, headers: { Allow: METHODS, ...corsFields(request, origins) } })
}

/** A response with the CORS fields that the origin of a request gets. */
export function withCors(response: Response, request: Request, origins: CorsOrigins): Response {
  return withFields(response, corsFields(request, origins))
}
