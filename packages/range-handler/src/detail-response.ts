import { SourceBusyError } from '@rangekit/range-core'

// Keeps browsers from guessing another type than the declared one, and running what should be shown.
export const NOSNIFF = { 'X-Content-Type-Options': 'nosniff' } as const

/**
 * A response whose JSON body has one fixed text, as `{"detail":"..."}`.
 *
 * @param method the request's; HEAD gets the same fields and no body (9110 §9.3.2).
 * @param headers further fields; they replace those of the same name. Default: none.
 * @example
 * const response = detailResponse('GET', 404, 'Not found')
 * await response.text() // '{"detail":"Not found"}'
 */
export function detailResponse(
  method: string,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = new TextEncoder().encode(JSON.stringify({ detail: text }))
  return new Response(method === 'HEAD' ? null : body, {
    status,
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': String(body.byteLength),
      ...NOSNIFF,
      ...headers,
    },
  })
}

/**
 * The response to a fault: a 503 with Retry-After for a `SourceBusyError`, else a 500. The cause is never part of it.
 *
 * @param method the request's; HEAD gets the same fields and no body.
 * @example
 * faultResponse('GET', new SourceBusyError('out of descriptors')).status // 503
 */
export function faultResponse(method: string, error: unknown): Response {
  const noStore = { 'Cache-Control': 'no-store' }
  return error instanceof SourceBusyError
    ? detailResponse(method, 503, 'Busy, try again', { ...noStore, 'Retry-After': '1' })
    : detailResponse(method, 500, 'Internal error', noStore)
}

/** The response to a request that is not allowed. No cache may keep it: the next request may be. */
export function forbiddenResponse(method: string): Response {
  return detailResponse(method, 403, 'Forbidden', { 'Cache-Control': 'no-store' })
}
