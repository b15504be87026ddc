import { type AppOptions, createApp } from '@rangekit/hono-server'
import { Hono } from 'hono'
import { createAccess } from './access/access.ts'
import { type GuardedEnv, guard } from './access/guard.ts'
import { assetRoutes } from './pages/assets.ts'
import { renderFault, renderMissing } from './pages/missing-page.ts'

/** Options of {@link createSite}. */
export interface SiteOptions extends AppOptions {
  /** The folder of the source. */
  readonly dir: string
  /** Whether pages show the range map. */
  readonly inspect: boolean
  /** Whether `/api/stream/` lists folders as plain HTML. */
  readonly index: boolean
}

/** Routes that need a grant where links are signed. `/api/stream` checks its links itself. */
const GUARDED = [
  '/',
  '/browse/*',
  '/watch/*',
  '/api/videos',
  '/api/media/*',
  '/api/cover/*',
  '/api/subtitles/*',
  '/api/playlist.m3u8',
  '/api/playlist/*',
  '/api/events',
]

/** What `rangekit DIR` serves: the streams and readiness of `createApp`, and the pages and their API around them. */
export function createSite(options: SiteOptions): Hono<GuardedEnv> {
  const access = createAccess(options.signed)
  return new Hono<GuardedEnv>()
    .on('GET', GUARDED, guard(access))
    .route('/assets', assetRoutes())
    .route('/', createApp(options))
    .notFound(async (context) => {
      const grant = await access.grantOf(context.req.raw)
      return renderMissing(context, grant?.home ?? null)
    })
    .onError((error, context) => {
      console.error('rangekit:', error)
      return renderFault(context, error)
    })
}
