import { parseHttpDate } from '@rangekit/range-core'
import { OriginError, type OriginFault } from './origin-error.ts'

/** Those after which the same request may work. */
const TRANSIENT = new Set([429, 500, 502, 503, 504])
const FAULTS: Readonly<Record<number, OriginFault>> = {
  401: 'refused',
  403: 'refused',
  429: 'busy',
  503: 'busy',
}

/** The error for an answer that is not a success. */
export function statusFault(response: Response, url: string): OriginError {
  const { status } = response
  return new OriginError(FAULTS[status] ?? 'failed', `${nameOf(url)} was answered with ${status}`, {
    status,
    isTransient: TRANSIENT.has(status),
    retryAfter: retryAfter(response.headers.get('retry-after')),
  })
}

/** A URL for messages: without its query, which may be a signature. */
export function nameOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? ''
}

/** Retry-After (9110 §10.2.3) in milliseconds from now: `delay-seconds`, or a date. */
function retryAfter(field: string | null): number | undefined {
  if (field === null) return undefined
  if (/^\d+$/.test(field)) return Number(field) * 1000
  const date = parseHttpDate(field)
  return date === undefined ? undefined : Math.max(0, date * 1000 - Date.now())
}
