import type { RangeSource } from '@rangekit/range-core'
import { detailResponse } from '@rangekit/range-handler'
import { type Handler, Hono } from 'hono'
import { type StreamRouteOptions, streamRoutes } from './stream-routes.ts'

/** The `detail` of every 404 of the app, unless `notFound` says otherwise. */
export const NOT_FOUND = 'Archivo no encontrado'

export interface AppOptions extends StreamRouteOptions {
  /** Where the files come from. */
  readonly source: RangeSource
  /** Whether new work is welcome, for `/readyz`: a 503 where it is not. Default: always. */
  readonly isReady?: (() => boolean) | undefined
}

/**
 * The server's app: `GET /api/stream/{filename}`, `GET /readyz`, and the same 404 everywhere else. `OPTIONS /`, the health
 * check that HAProxy sends by default, is answered like `GET /readyz`.
 *
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
  const readiness: Handler = ({ req }) =>
    isReady()
      ? detailResponse(req.method, 200, 'Ready', noStore)
      : detailResponse(req.method, 503, 'Stopping', noStore)
  return new Hono()
    .route('/api/stream', streamRoutes(source, { ...options, notFound }))
    .get('/readyz', readiness)
    .options('/', readiness)
    .notFound(({ req }) => detailResponse(req.method, 404, notFound))
}
