import { streamRoutes } from '@rangekit/hono-server'
import { serve } from '@rangekit/hono-server/node'
import { fileSource } from '@rangekit/node-fs-source'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Downloads } from './downloads.js'

const folder = process.env.MEDIA_DIR ?? 'media'
const downloads = await Downloads.open(folder, {
  atOnce: Number(process.env.MAX_DOWNLOADS ?? 3),
  backoff: Number(process.env.BACKOFF_MS ?? 500),
})

const app = new Hono()

app.get('/api/downloads', (context) => context.json(downloads.list()))

app.post('/api/downloads', bodyLimit({ maxSize: 16 * 1024 }), async (context) => {
  // A page of another site can send other types without being asked whether it may.
  if (!/^application\/json\b/i.test(context.req.header('Content-Type') ?? '')) {
    return context.json({ detail: 'Expected Content-Type: application/json' }, 415)
  }
  const { url: text, filename } = (await context.req.json().catch(() => undefined)) ?? {}
  const url = typeof text === 'string' ? URL.parse(text) : null
  if (!/^https?:$/.test(url?.protocol ?? '') || url.username || url.password) {
    return context.json({ detail: 'Expected an http or https URL without a password as "url"' }, 400)
  }
  const download = await downloads.add(url, typeof filename === 'string' ? filename : undefined)
  // Once it answers, its link can be watched, unless it has to wait for others.
  if (download.state === 'running') await download.begun
  return context.json(download, 202)
})

app.delete('/api/downloads/:id', async (context) => {
  const found = await downloads.cancel(context.req.param('id'))
  return found ? context.body(null, 204) : context.json({ detail: 'Not found' }, 404)
})

// What was begun earlier and waits for its turn is served as well, as far as it is there.
const files = fileSource(folder, { growing: true })
const library = {
  open(key, options) {
    const download = downloads.find(key)
    if (download?.state === 'failed') return undefined
    return download?.open() ?? files.open(key, options)
  },
}
app.route('/api/stream', streamRoutes(library))

const { port } = await serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
console.log(`http://127.0.0.1:${port}/api/downloads`)
