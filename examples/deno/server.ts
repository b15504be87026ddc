import process from 'node:process'
import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'

const media = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })

Deno.serve({ port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' }, (request, info) => {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/api/stream/')) return media(request, info)
  const page = '<video src="/api/stream/film.mp4" controls></video>'
  return new Response(page, { headers: { 'Content-Type': 'text/html' } })
})
