import { SourceBusyError } from '@rangekit/range-core'

// A browser must not guess another type than the one declared, and run what was meant to be shown.
export const NOSNIFF = { 'X-Content-Type-Options': 'nosniff' } as const

/**
 * A response whose JSON body has one fixed text, as `{"detail":"..."}`.
 *
 * @param method the request's; HEAD gets the same fields and no body.
 * @example
 * const response = detailResponse('GET', 404, 'Not found')
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

/** The answer to a fault: 503 where it may work again in a moment, else 500. The cause is never part of it. */
export function faultResponse(method: string, error: unknown): Response {
  const noStore = { 'Cache-Control': 'no-store' }
  return error instanceof SourceBusyError
    ? detailResponse(method, 503, 'Busy, try again', { ...noStore, 'Retry-After': '1' })
    : detailResponse(method, 500, 'Internal error', noStore)
}
