import { detailResponse, faultResponse } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import type { GuardedEnv } from '../access/guard.ts'
import { renderForbidden } from '../pages/missing-page.ts'
import type { Library } from './library.ts'
import { libraryPage, type PageContext } from './page.ts'
import { readQuery } from './query.ts'
import { jsonResponse, type LibraryRouteOptions } from './route-options.ts'

/** `GET /videos?path=&q=&sort=&cursor=&limit=`, a `LibraryPage`. */
export function videoRoutes(
  library: Library,
  known: PageContext['known'],
  { notFound, onError = console.error }: LibraryRouteOptions,
): Hono<GuardedEnv> {
  async function answer(context: Context<GuardedEnv>): Promise<Response> {
    const { raw, method } = context.req
    const { grant } = context.var
    const query = readQuery(new URL(raw.url).searchParams)
    if (typeof query === 'string') return detailResponse(method, 400, query)
    if (!grant.mayList(query.path)) return renderForbidden(context)
    const folder = await library.folder(query.path)
    if (folder === undefined) return detailResponse(method, 404, notFound)
    const found =
      query.q === ''
        ? { items: folder.sorted(query.sort), partial: false }
        : await library.search(folder, query.q, query.sort, raw.signal)
    return jsonResponse(raw, await libraryPage(folder, query, found, { link: grant.link, known }))
  }

  return new Hono<GuardedEnv>().get('/videos', (context) =>
    answer(context).catch((error) => {
      const { raw, method } = context.req
      if (!raw.signal.aborted) onError(error, raw)
      return faultResponse(method, error)
    }),
  )
}
