import { isKey } from '@rangekit/range-core'
import { detailResponse } from '@rangekit/range-handler'
import { Hono } from 'hono'
import type { Access, Grant } from '../access/access.ts'
import { renderForbidden } from '../pages/missing-page.ts'
import { type EventStreamOptions, eventStream } from './event-stream.ts'

/** Streams that are open at once; each browser has one. */
const MAX_STREAMS = 64
/** Keys, and folders, of one stream. */
const MAX_SUBJECTS = 32

const NO_STORE = { 'Cache-Control': 'no-store' }
const FIELDS = {
  ...NO_STORE,
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would collect events before it passes them on.
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
}

export interface EventRouteOptions extends Omit<EventStreamOptions, 'until' | 'onEnd'> {
  readonly access: Access
}

/**
 * `GET /?key=&key=&folder=&growing=`: an event stream of the transfers of some keys, of changes of some folders, and of how
 * much is there of files that are still being written; its messages are in protocol.ts. It ends when the server stops, and
 * costs nothing while nothing happens. Where links are signed, `grant` is the link of a page, once for each page that
 * listens; of what none of them includes the stream is silent, and it ends when the first of them expires.
 */
export function eventRoutes({ access, ...options }: EventRouteOptions): Hono {
  let open = 0
  return new Hono().get('/', async (context) => {
    const { method, url, raw } = context.req
    const query = new URL(url).searchParams
    const named = (name: string) => query.getAll(name).slice(0, MAX_SUBJECTS)
    const grants = await grantsOf(raw, named('grant'), access)
    if (grants.length === 0) return renderForbidden(context)
    if (method === 'HEAD') return new Response(null, { headers: FIELDS })
    if (open >= MAX_STREAMS || options.stopping.aborted) {
      return detailResponse(method, 503, 'No more event streams', { ...NO_STORE, 'Retry-After': '5' })
    }
    const keysIn = (name: string) =>
      new Set(named(name).filter((key) => isKey(key) && grants.some((grant) => grant.mayRead(key))))
    const folders = named('folder').filter(
      (path) => (path === '' || isKey(path)) && grants.some((grant) => grant.mayList(path)),
    )
    open++
    const onEnd = () => {
      open--
    }
    // The browser then comes again, with what the remaining links include.
    const until = 1000 * Math.min(...grants.map(({ expires = Number.POSITIVE_INFINITY }) => expires))
    const subjects = { keys: keysIn('key'), folders: new Set(folders), growing: keysIn('growing') }
    const body = eventStream(subjects, { ...options, until, onEnd })
    return new Response(body, { headers: FIELDS })
  })
}

/** What the links of several pages grant together. */
async function grantsOf(request: Request, links: readonly string[], access: Access): Promise<Grant[]> {
  const url = new URL(request.url)
  const requests = links.map(
    (link) => new Request(`${url.origin}${url.pathname}?grant=${encodeURIComponent(link)}`),
  )
  const grants = await Promise.all(
    (access.isSigned ? requests : [request]).map((each) => access.grantOf(each)),
  )
  return grants.filter((grant) => grant !== undefined)
}
