import { planMethod, type RangeSource } from '@rangekit/range-core'
import { detailResponse } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import { type StreamRouteOptions, streamRoutes } from './stream-routes.ts'

/** The `detail` of every 404 of the app, unless `notFound` says otherwise. */
export const NOT_FOUND = 'Archivo no encontrado'

/** Options of {@link createApp}. */
export interface AppOptions extends StreamRouteOptions {
  /** The source of the files. */
  readonly source: RangeSource
  /** Whether the app accepts new work: `/readyz` is a 503 if not. Default: always true. */
  readonly isReady?: (() => boolean) | undefined
}

/**
 * Creates an app with `GET /api/stream/{filename}`, `GET /healthz`, `GET /readyz`, and the same 404 for everything else.
 * `/healthz` is a 200 as long as the process answers at all: who restarts it asks there. `/readyz` is a 200 while the app
 * accepts new work: who sends it requests asks there. `OPTIONS /`, the health check that HAProxy sends by default, gets the
 * same answer as `GET /readyz`. A method that a path does not have is a 405 that names those it has.
 *
 * @throws TypeError where `signed` has no secret, or an empty one.
 * @example
 * const app = createApp({ source: fileSource('./media') })
 * const response = await app.request('/api/stream/film.mp4', { headers: { Range: 'bytes=0-499' } })
 */
export function createApp({
  source,
  isReady = () => true,
  notFound = NOT_FOUND,
  ...options
}: AppOptions): Hono {
  const noStore = { 'Cache-Control': 'no-store' }
  const health = ({ req }: Context) => detailResponse(req.method, 200, 'Alive', noStore)
  const readiness = ({ req }: Context) =>
    isReady()
      ? detailResponse(req.method, 200, 'Ready', noStore)
      : detailResponse(req.method, 503, 'Stopping', noStore)
  return new Hono()
    .route('/api/stream', streamRoutes(source, { ...options, notFound }))
    .all('/healthz', readOnly(health))
    .all('/readyz', readOnly(readiness))
    .options('/', readiness)
    .notFound(({ req }) => detailResponse(req.method, 404, notFound))
}

/** Answers GET and HEAD with `answer`, and other methods as the streams do. */
function readOnly(answer: (context: Context) => Response): (context: Context) => Response {
  return (context) => {
    const plan = planMethod(context.req.method)
    return plan === undefined ? answer(context) : new Response(null, plan)
  }
}
