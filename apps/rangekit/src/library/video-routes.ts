import { detailResponse, faultResponse } from '@rangekit/range-handler'
import { type Context, Hono } from 'hono'
import type { GuardedEnv } from '../access/guard.ts'
import { renderForbidden } from '../pages/missing-page.ts'
import type { ListPage } from './list-page.ts'
import { readQuery } from './query.ts'
import { jsonResponse, type LibraryRouteOptions } from './route-options.ts'

/** `GET /videos?path=&q=&sort=&cursor=&limit=`, a `LibraryPage`. */
export function videoRoutes(
  list: ListPage,
  { notFound, onError = console.error }: LibraryRouteOptions,
): Hono<GuardedEnv> {
  async function answer(context: Context<GuardedEnv>): Promise<Response> {
    const { raw, method } = context.req
    const { grant } = context.var
    const query = readQuery(new URL(raw.url).searchParams)
    if (typeof query === 'string') return detailResponse(method, 400, query)
    if (!grant.mayList(query.path)) return renderForbidden(context)
    const page = await list(query, grant, raw.signal)
    return page === undefined ? detailResponse(method, 404, notFound) : jsonResponse(raw, page)
  }

  return new Hono<GuardedEnv>().get('/videos', (context) =>
    answer(context).catch((error) => {
      const { raw, method } = context.req
      if (!raw.signal.aborted) onError(error, raw)
      return faultResponse(method, error)
    }),
  )
}
