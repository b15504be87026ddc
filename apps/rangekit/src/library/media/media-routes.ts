import { type StreamRouteOptions, streamRoutes } from '@rangekit/hono-server'
import type { RangeSource } from '@rangekit/range-core'
import { Hono } from 'hono'
import type { GuardedEnv } from '../../access/guard.ts'
import { renderForbidden } from '../../pages/missing-page.ts'
import { CACHE_CONTROL, jsonResponse } from '../json-response.ts'
import type { Library } from '../library.ts'
import { KEY, routeKey } from '../route-key.ts'
import { coverSource, sidecarPicture } from './cover-source.ts'
import { mediaFacts } from './known-media.ts'
import type { MediaStore } from './media-store.ts'

/** Options of {@link mediaRoutes}. */
export type MediaRouteOptions = Pick<StreamRouteOptions, 'notFound' | 'onError'>

/** `GET /media/{key}`, the `MediaFacts` of a file, and `GET /cover/{key}`, its cover. */
export function mediaRoutes(
  library: Library,
  source: RangeSource,
  store: MediaStore,
  options: MediaRouteOptions,
): Hono<GuardedEnv> {
  const covers = coverSource(library, source, store)
  return new Hono<GuardedEnv>()
    .on('GET', [`/media/${KEY}`, `/cover/${KEY}`], async (context, next) => {
      const key = routeKey(context.req.param('key'), context.req.url)
      if (key === undefined) return context.notFound()
      return context.var.grant.mayRead(key) ? next() : renderForbidden(context)
    })
    .route('/cover', streamRoutes(covers, { ...options, cacheControl: CACHE_CONTROL }))
    .get(`/media/${KEY}`, async (context) => {
      const key = context.req.param('key')
      const { raw } = context.req
      const known = await store.facts(key, raw.signal)
      if (known === undefined) return context.notFound()
      const hasCover = known.hasCover || (await sidecarPicture(library, key)) !== undefined
      return jsonResponse(raw, await mediaFacts({ ...known, hasCover }, key, context.var.grant.link))
    })
}
