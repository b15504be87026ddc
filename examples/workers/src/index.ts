import { env } from 'cloudflare:workers'
import { r2Source } from '@rangekit/r2-source'
import { streamHandler } from '@rangekit/range-handler'

const media = streamHandler(r2Source(env.MEDIA), { prefix: '/api/stream' })

export default {
  fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith('/api/stream/')) return media(request)
    const page = '<video src="/api/stream/film.mp4" controls></video>'
    return new Response(page, { headers: { 'Content-Type': 'text/html' } })
  },
} satisfies ExportedHandler
