import { andThen } from '@rangekit/range-core'
import { type CorsOrigins, pathOf, withCors } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import { PUBLIC } from '../access/routes.ts'
import { clientAddress, type RequestClient } from '../log/client-address.ts'
import type { TrustedProxies } from '../log/trusted-proxies.ts'
import { renderBusy, renderUnauthorized, renderWait } from '../pages/missing-page.ts'
import { CHALLENGE } from './credentials.ts'
import type { Verdict } from './login.ts'

type Fetch = (request: Request, client?: RequestClient) => Response | Promise<Response>

export interface GateOptions {
  /** Judges the value of Authorization. */
  readonly login: { judge(authorization: string, address: string): Verdict | Promise<Verdict> }
  /** The site of those who have given a password. */
  readonly members: Fetch
  /** The site of all others, which checks signed links. */
  readonly guests: Fetch
  /** Whether the site of guests checks links to a path. What it does not check is for members. */
  readonly isLinkable: (path: string) => boolean
  /** Which proxies say who the client is. Default: none. */
  readonly trusts?: TrustedProxies | undefined
  /** Origins whose pages may read that a password is needed. Default: none. */
  readonly cors?: CorsOrigins | undefined
}

/** For servers that do not say who the client is. */
const NOBODY: RequestClient = { address: '', isSecure: false }

/** A link that permits something, perhaps. The site of guests checks it. */
const SIGNED = /[?&](?:signature|grant)=|\/signed~/
/** A signed link whose permission is part of the path, which means nothing to members' routes. */
const SIGNED_FOLDER = /^[^?]*\/signed~/

/**
 * Lets those in who have given a password, and those with a signed link as far as that goes. A preflight cannot
 * authenticate (Fetch standard), and what OPTIONS says is no secret.
 */
export function createGate({ login, members, guests, isLinkable, trusts, cors }: GateOptions): Fetch {
  const refusals = new Hono<{ Bindings: { readonly verdict: Verdict } }>().notFound(renderRefusal)
  const refuse = (request: Request, verdict: Verdict) =>
    andThen(refusals.fetch(request, { verdict }), (response) =>
      cors === undefined ? response : withCors(response, request, cors),
    )
  const addressOf = (request: Request, client: RequestClient) =>
    clientAddress(client, (name) => request.headers.get(name), trusts).address
  return (request, client = NOBODY) => {
    const { method, url } = request
    const path = pathOf(url)
    if (method === 'OPTIONS' || PUBLIC.test(path)) return guests(request, client)
    const isSigned = SIGNED.test(url) && isLinkable(path)
    const authorization = request.headers.get('authorization')
    if (isSigned && (authorization === null || SIGNED_FOLDER.test(url))) return guests(request, client)
    if (authorization === null) return refuse(request, { kind: 'wrong' })
    return andThen(login.judge(authorization, addressOf(request, client)), (verdict) => {
      if (verdict.kind === 'right') return members(request, client)
      return isSigned ? guests(request, client) : refuse(request, verdict)
    })
  }
}

function renderRefusal(context: Context<{ Bindings: { readonly verdict: Verdict } }>) {
  const { verdict } = context.env
  switch (verdict.kind) {
    case 'wait':
      return renderWait(context, verdict.seconds)
    case 'busy':
      return renderBusy(context)
    default:
      return renderUnauthorized(context, CHALLENGE)
  }
}
