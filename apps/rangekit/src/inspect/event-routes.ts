import { isKey } from '@rangekit/range-core'
import { detailResponse } from '@rangekit/range-handler'
import { Hono } from 'hono'
import { type EventStreamOptions, eventStream, type Subscription } from './event-stream.ts'

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

export interface EventRouteOptions extends Omit<EventStreamOptions, 'onEnd'> {
  /** What of it a request may see. */
  readonly allowed: (request: Request, wanted: Subscription) => Promise<Subscription> | Subscription
}

/**
 * `GET /?key=&key=&folder=`: an event stream of the transfers of some keys, and of changes of some folders; its messages
 * are in protocol.ts. It ends when the server stops, and costs nothing while nothing happens.
 */
export function eventRoutes({ allowed, ...options }: EventRouteOptions): Hono {
  let open = 0
  return new Hono().get('/', async ({ req }) => {
    const query = new URL(req.url).searchParams
    const named = (name: string, isName: (text: string) => boolean) =>
      new Set(query.getAll(name).filter(isName).slice(0, MAX_SUBJECTS))
    const wanted = {
      keys: named('key', isKey),
      folders: named('folder', (path) => path === '' || isKey(path)),
    }
    const subscription = await allowed(req.raw, wanted)
    if (req.method === 'HEAD') return new Response(null, { headers: FIELDS })
    if (open >= MAX_STREAMS || options.stopping.aborted) {
      return detailResponse(req.method, 503, 'No more event streams', { ...NO_STORE, 'Retry-After': '5' })
    }
    open++
    const onEnd = () => {
      open--
    }
    return new Response(eventStream(subscription, { ...options, onEnd }), { headers: FIELDS })
  })
}
