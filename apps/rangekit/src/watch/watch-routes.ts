import { NOT_FOUND } from '@rangekit/hono-server'
import { formatEntityTag, type RangeSource } from '@rangekit/range-core'
import { createHandler, keyFromPath, pathOf } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import type { GuardedEnv } from '../access/guard.ts'
import type { TransferHub } from '../inspect/hub.ts'
import { type Item, unlistedItem } from '../library/item.ts'
import { CACHE_CONTROL } from '../library/json-response.ts'
import type { Library } from '../library/library.ts'
import type { MediaStore } from '../library/media/media-store.ts'
import { splitKey } from '../library/paths.ts'
import { SORTS, type Sort } from '../library/protocol.ts'
import { folderName } from '../pages/crumbs.ts'
import { renderWatchPage } from '../pages/watch-page.ts'
import { playlistOf } from './playlist.ts'
import { viewOf } from './watch-view.ts'
import { webVttSource } from './webvtt-source.ts'

/** Options of {@link watchRoutes}. */
export interface WatchOptions {
  readonly source: RangeSource
  readonly library: Library
  /** What the range map listens to. Default: pages have no map. */
  readonly hub?: Pick<TransferHub, 'expect'> | undefined
  /** Whether there is a cache in front of the source. Default: false. */
  readonly isCached?: boolean
  /** What is known of files without reading them. Default: nothing. */
  readonly store?: Pick<MediaStore, 'known'> | undefined
}

/**
 * The page of each file, `/watch/{key}`, and what it loads: subtitles, `/api/subtitles/{key}`, and the playlist of a
 * folder, `/api/playlist.m3u8?path=&sort=`. They are behind `guard`.
 */
export function watchRoutes({
  source,
  library,
  store,
  hub,
  isCached = false,
}: WatchOptions): Hono<GuardedEnv> {
  const known = (item: Item) => store?.known(item.key, item)
  const subtitles = createHandler(webVttSource(source), {
    key: ({ url }) => keyFromPath(pathOf(url), '/api/subtitles'),
    cacheControl: CACHE_CONTROL,
    notFound: NOT_FOUND,
  })
  return new Hono<GuardedEnv>()
    .get('/watch/*', async (context) => {
      const { grant } = context.var
      const key = keyFromPath(pathOf(context.req.url), '/watch')
      const file = key !== undefined && grant.mayRead(key) ? await source.open(key) : undefined
      if (key === undefined || file === undefined) return context.notFound()
      const etag = file.etag && formatEntityTag(file.etag)
      const unlisted = unlistedItem(key, file)
      await file.close()
      const folder = await library.folder(splitKey(key).folder)
      const item = folder?.all.find((other) => other.key === key) ?? unlisted
      const view = await viewOf({ item, known: known(item), folder, sort: sortOf(context), grant })
      // The browser asks for the film before the page's scripts can listen.
      hub?.expect(key)
      return renderWatchPage(context, { ...view, etag, inspect: hub !== undefined, isCached })
    })
    .get('/api/subtitles/*', (context) => {
      const key = keyFromPath(pathOf(context.req.url), '/api/subtitles')
      if (key === undefined || !context.var.grant.mayRead(key)) return context.notFound()
      return subtitles(context.req.raw, context.env)
    })
    .get('/api/playlist.m3u8', async (context) => {
      const path = context.req.query('path') ?? ''
      const { grant } = context.var
      const folder = grant.mayList(path) ? await library.folder(path) : undefined
      if (folder === undefined) return context.notFound()
      const items = folder.sorted(sortOf(context))
      const text = await playlistOf(items, { title: folderName(path), link: grant.sign, known })
      return context.body(text, 200, {
        // Not the type of HLS, which browsers play instead of saving.
        'Content-Type': 'audio/x-mpegurl; charset=utf-8',
        'Content-Disposition': 'attachment; filename="playlist.m3u8"',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
      })
    })
}

function sortOf({ req }: Context): Sort {
  const wanted = req.query('sort')
  return SORTS.find((sort) => sort === wanted) ?? 'title'
}
