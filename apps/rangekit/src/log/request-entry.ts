import type { ServedRequest } from '@rangekit/server'
import { clientAddress, type RequestClient } from './client-address.ts'
import { redacted } from './redact.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** How much is kept of a Range field, which may have thousands of ranges. */
const MAX_RANGE = 200

/** What is logged of a request. */
export interface RequestEntry {
  readonly served: ServedRequest
  readonly client: RequestClient
  /** The request target without what must not be kept; `-` for what is not HTTP. */
  readonly target: string
  /** The Range field of the request. */
  readonly range: string | undefined
  /** Who logged in; `undefined` also if the password was wrong. */
  readonly user: string | undefined
  /** What failed. */
  readonly cause: unknown
}

/** What to log of a request that has ended. */
export function requestEntry(served: ServedRequest, trusts: TrustedProxies | undefined): RequestEntry {
  const range = served.requestField('range')
  const { outcome } = served
  return {
    served,
    client: clientAddress(served.client, (name) => served.requestField(name), trusts),
    target: served.target === undefined ? '-' : redacted(served.target),
    range: range !== undefined && range.length > MAX_RANGE ? `${range.slice(0, MAX_RANGE)}...` : range,
    user: userOf(served),
    cause: outcome?.kind === 'failed' ? outcome.cause : undefined,
  }
}

/** The name in Basic credentials (7617 §2), once they were good. People also type passwords into the wrong place. */
function userOf(served: ServedRequest): string | undefined {
  const field = served.requestField('authorization')
  if (field === undefined || served.status === 401 || served.status === 429) return undefined
  const [, credentials] = /^basic +([\w+/]+=*)$/i.exec(field) ?? []
  if (credentials === undefined) return undefined
  const text = Buffer.from(credentials, 'base64').toString()
  const end = text.indexOf(':')
  return end <= 0 ? undefined : text.slice(0, end)
}

/** A fault on one line, with the error that is behind it. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const inner = cause instanceof Error && cause.cause !== undefined ? ` (${causeText(cause.cause)})` : ''
  return text + inner
}
