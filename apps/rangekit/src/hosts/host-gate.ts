import { pathOf } from '@rangekit/range-handler'
import { Hono } from 'hono'
import { renderMisdirected } from '../pages/missing-page.ts'
import type { Site } from '../site.ts'
import { hostOf } from './allowed-hosts.ts'

/** Names that stderr mentions. */
const MAX_MENTIONED = 10

/** Health checks say nothing of the library, and may come under any name. */
const OPEN = /^\/(?:healthz|readyz)$/

/**
 * Answers requests for another name with a 421, which says what to do if the name is right, as stderr does.
 *
 * @param isAllowed whether the server answers under a name.
 */
export function hostGate(fetch: Site['fetch'], isAllowed: (name: string) => boolean): Site['fetch'] {
  const refusals = new Hono().notFound((context) => renderMisdirected(context, hostOf(context.req.url)))
  const mentioned = new Set<string>()
  return (request, client) => {
    const host = hostOf(request.url)
    if (isAllowed(host) || OPEN.test(pathOf(request.url))) return fetch(request, client)
    if (mentioned.size < MAX_MENTIONED && !mentioned.has(host)) {
      mentioned.add(host)
      console.error(
        `rangekit: refused a request for the host ${host}; if that is right, for example behind a proxy, add --allow-host ${host}`,
      )
    }
    return refusals.fetch(request)
  }
}
