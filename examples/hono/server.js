import { streamRoutes } from '@rangekit/hono-server'
import { serve } from '@rangekit/hono-server/node'
import { fileSource } from '@rangekit/node-fs-source'
import { Hono } from 'hono'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')

const app = new Hono()
app.get('/', (context) => context.html('<video src="/api/stream/film.mp4" controls></video>'))
app.route('/api/stream', streamRoutes(media))

const { port } = await serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
console.log(`http://127.0.0.1:${port}/api/stream/hello.txt`)
