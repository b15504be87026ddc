import { keyFromPath, pathOf } from '@rangekit/range-handler'
import { Hono } from 'hono'
import { renderForbidden } from '../../pages/missing-page.ts'
import { CACHE_CONTROL } from '../json-response.ts'
import type { Library } from '../library.ts'
import { textResponse } from '../text-response.ts'
import { indexPage } from './index-page.ts'

const MOUNT = '/api/stream/'
/** The page loads nothing and runs nothing. */
const FIELDS = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const

/**
 * `GET /api/stream/` and `/api/stream/FOLDER/` as plain HTML, for rclone, lftp and other tools that mirror. What ends
 * without a slash is left to the routes behind it; if they find no file, and it is a folder, it is redirected.
 *
 * @param isSigned whether links are signed: there is no index then, since it would be a link to everything.
 */
export function indexRoutes(library: Library, isSigned: boolean): Hono {
  return new Hono().get(`${MOUNT}*`, async (context, next) => {
    const path = pathOf(context.req.url)
    const rest = path.startsWith(MOUNT) ? path.slice(MOUNT.length) : ''
    if (path.endsWith('/')) {
      if (isSigned) return renderForbidden(context)
      const folder = await folderOf(rest.slice(0, -1))
      if (folder === undefined) return next()
      const fields = { contentType: 'text/html; charset=utf-8', cacheControl: CACHE_CONTROL, fields: FIELDS }
      return textResponse(context.req.raw, await indexPage(folder), fields)
    }
    if (rest !== '') await next()
    if (isSigned || (rest !== '' && context.res.status !== 404)) return undefined
    if ((await folderOf(rest)) === undefined) return undefined
    // Relative, so that it stays below the prefix of a proxy. Without `./`, a name could be the scheme of a URL.
    context.res = context.redirect(`./${path.split('/').at(-1)}/`, 301)
    return undefined
  })

  async function folderOf(encoded: string) {
    const folder = encoded === '' ? '' : keyFromPath(`/${encoded}`)
    return folder === undefined ? undefined : library.folder(folder)
  }
}
