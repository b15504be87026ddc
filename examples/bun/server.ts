import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { serve } from '@rangekit/server'

const media = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })

function fetch(request: Request): Response | Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith('/api/stream/')) return media(request)
  const page = '<video src="/api/stream/film.mp4" controls></video>'
  return new Response(page, { headers: { 'Content-Type': 'text/html' } })
}

const { port } = await serve({ fetch, port: Number(process.env.PORT ?? 3000) })
console.log(`http://127.0.0.1:${port}/api/stream/hello.txt`)
