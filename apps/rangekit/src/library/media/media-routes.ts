import { streamRoutes } from '@rangekit/hono-server'
import type { RangeSource } from '@rangekit/range-core'
import { detailResponse, faultResponse } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import type { GuardedEnv } from '../../access/guard.ts'
import { renderForbidden } from '../../pages/missing-page.ts'
import type { Library } from '../library.ts'
import { KEY, routeKey } from '../route-key.ts'
import { CACHE_CONTROL, jsonResponse, type LibraryRouteOptions } from '../route-options.ts'
import { coverSource, sidecarPicture } from './cover-source.ts'
import { mediaFacts } from './known-media.ts'
import type { MediaStore } from './media-store.ts'

/** `GET /media/{key}`, the `MediaFacts` of a file, and `GET /cover/{key}`, its cover. */
export function mediaRoutes(
  library: Library,
  source: RangeSource,
  store: MediaStore,
  { notFound, onError = console.error }: LibraryRouteOptions,
): Hono<GuardedEnv> {
  const covers = coverSource(library, source, store)

  async function facts({ req, var: { grant } }: Context<GuardedEnv>, key: string): Promise<Response> {
    const known = await store.facts(key, req.raw.signal)
    if (known === undefined) return detailResponse(req.method, 404, notFound)
    const hasCover = known.hasCover || (await sidecarPicture(library, key)) !== undefined
    return jsonResponse(req.raw, await mediaFacts({ ...known, hasCover }, key, grant.link))
  }

  return new Hono<GuardedEnv>()
    .get(`/:what{media|cover}/${KEY}`, async (context, next) => {
      const key = routeKey(context.req.param('key'), context.req.url)
      if (key === undefined) return detailResponse(context.req.method, 404, notFound)
      return context.var.grant.mayRead(key) ? next() : renderForbidden(context)
    })
    .route('/cover', streamRoutes(covers, { notFound, onError, cacheControl: CACHE_CONTROL }))
    .get(`/media/${KEY}`, (context) =>
      facts(context, context.req.param('key')).catch((error) => {
        const { raw, method } = context.req
        if (!raw.signal.aborted) onError(error, raw)
        return faultResponse(method, error)
      }),
    )
}
