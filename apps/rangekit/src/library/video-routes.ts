import { detailResponse } from '@rangekit/range-handler'
import { Hono } from 'hono'
import type { GuardedEnv } from '../access/guard.ts'
import { renderForbidden } from '../pages/missing-page.ts'
import { jsonResponse } from './json-response.ts'
import type { ListPage } from './list-page.ts'
import { readQuery } from './query.ts'

/** `GET /videos?path=&q=&sort=&cursor=&limit=`, a `LibraryPage`. */
export function videoRoutes(list: ListPage): Hono<GuardedEnv> {
  return new Hono<GuardedEnv>().get('/videos', async (context) => {
    const { raw, method } = context.req
    const { grant } = context.var
    const query = readQuery(new URL(raw.url).searchParams)
    if (typeof query === 'string') return detailResponse(method, 400, query)
    if (!grant.mayList(query.path)) return renderForbidden(context)
    const page = await list(query, grant, raw.signal)
    return page === undefined ? context.notFound() : jsonResponse(raw, page)
  })
}
