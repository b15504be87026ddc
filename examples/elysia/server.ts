import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { serve } from '@rangekit/server'
import { Elysia } from 'elysia'

const media = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })
const page = '<video src="/api/stream/film.mp4" controls></video>'

const app = new Elysia()
  .get('/', () => new Response(page, { headers: { 'Content-Type': 'text/html' } }))
  .all('/api/stream/*', ({ request }) => media(request))

const { port } = await serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
console.log(`http://127.0.0.1:${port}/api/stream/hello.txt`)
