import { Hono } from 'hono'
import { clientFile } from '../client-files.ts'

/**
 * The scripts and styles of the pages, at the name of the file: `player.css`, `player.js`. Each has an ETag and is
 * checked again on each use.
 */
export function assetRoutes(): Hono {
  return new Hono().get('/:name', async (context) => {
    const file = clientFile(context.req.param('name'))
    if (file === undefined) return context.notFound()
    const { text, contentType, etag } = file
    const fields = { ETag: etag, 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff' }
    if (context.req.header('If-None-Match') === etag) return context.body(null, 304, fields)
    return context.body(text, 200, { ...fields, 'Content-Type': contentType })
  })
}
