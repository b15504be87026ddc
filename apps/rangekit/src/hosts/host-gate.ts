import { pathOf } from '@rangekit/range-handler'
import { Hono } from 'hono'
import { PUBLIC } from '../access/routes.ts'
import type { RequestClient } from '../log/client-address.ts'
import type { LogFlags } from '../log/flags.ts'
import { renderMisdirected } from '../pages/missing-page.ts'
import { hostOf } from './allowed-hosts.ts'
import { type HostFlags, hostCheck, type Reach } from './flags.ts'

/** Names that stderr mentions. */
const MAX_MENTIONED = 10

type Fetch = (request: Request, client?: RequestClient) => Response | Promise<Response>

/**
 * Answers requests for another name with a 421, which says what to do if the name is right, as stderr does. Where any
 * name is right, it is `fetch` itself.
 */
export function guardHost(
  fetch: Fetch,
  flags: HostFlags & Pick<LogFlags, 'trustProxy'>,
  reach: Reach,
): Fetch {
  const isAllowed = hostCheck(flags, reach)
  if (isAllowed === undefined) return fetch
  const refusals = new Hono().notFound((context) => renderMisdirected(context, hostOf(context.req.url)))
  const mentioned = new Set<string>()
  return (request, client) => {
    const host = hostOf(request.url)
    if (isAllowed(host) || PUBLIC.test(pathOf(request.url))) return fetch(request, client)
    if (mentioned.size < MAX_MENTIONED && !mentioned.has(host)) {
      mentioned.add(host)
      console.error(
        `rangekit: refused a request for the host ${host}; if that is right, for example behind a proxy, add --allow-host ${host}`,
      )
    }
    return refusals.fetch(request)
  }
}
