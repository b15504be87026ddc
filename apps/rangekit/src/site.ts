import { type AppOptions, createApp, NOT_FOUND } from '@rangekit/hono-server'
import { detailResponse } from '@rangekit/range-handler'
import { Hono } from 'hono'
import { assetRoutes } from './pages/assets.ts'

/** Options of {@link createSite}. */
export interface SiteOptions extends AppOptions {
  /** The folder of the source. */
  readonly dir: string
  /** Whether pages show the range map. */
  readonly inspect: boolean
  /** Whether `/api/stream/` lists folders as plain HTML. */
  readonly index: boolean
}

/** What `rangekit DIR` serves: the streams and readiness of `createApp`, and the pages and their API around them. */
export function createSite(options: SiteOptions): Hono {
  return new Hono()
    .route('/assets', assetRoutes())
    .route('/', createApp(options))
    .notFound(({ req }) => detailResponse(req.method, 404, NOT_FOUND))
}
