import type { ServedRequest } from '@rangekit/server'
import { readBasic } from '../password/credentials.ts'
import type { Login } from '../password/login.ts'
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
  /** Who sent a password that is right. */
  readonly user: string | undefined
  /** What failed. */
  readonly cause: unknown
}

/**
 * What to log of a request that has ended.
 *
 * @param trusts which proxies are believed. Default: none.
 * @param login knows which passwords are right. Default: none are asked for.
 */
export function requestEntry(
  served: ServedRequest,
  trusts?: TrustedProxies,
  login?: Pick<Login, 'knows'>,
): RequestEntry {
  const range = served.requestField('range')
  const { outcome } = served
  const client =
    trusts === undefined
      ? served.client
      : clientAddress(served.client, (name) => served.requestField(name), trusts)
  return {
    served,
    client,
    target: served.target === undefined ? '-' : redacted(served.target),
    range: range !== undefined && range.length > MAX_RANGE ? `${range.slice(0, MAX_RANGE)}...` : range,
    user: login && userOf(served, client, login),
    cause: outcome?.kind === 'failed' ? outcome.cause : undefined,
  }
}

/**
 * The name in Basic credentials, if they are right: anyone can send any name with a wrong password, and with a signed link
 * or for a script of the pages that is answered. People also type passwords into the wrong place.
 */
function userOf(served: ServedRequest, { address }: RequestClient, login: Pick<Login, 'knows'>) {
  const field = served.requestField('authorization')
  return field !== undefined && login.knows(field, address) ? readBasic(field)?.user : undefined
}

/** A fault on one line, with the error that is behind it. */
export function causeText(cause: unknown): string {
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
  const inner = cause instanceof Error && cause.cause !== undefined ? ` (${causeText(cause.cause)})` : ''
  return text + inner
}
