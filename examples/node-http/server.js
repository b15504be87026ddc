import { createServer } from 'node:http'
import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toNodeHandler } from '@rangekit/server'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')
const port = Number(process.env.PORT ?? 3000)

const stream = toNodeHandler(streamHandler(media, { prefix: '/api/stream' }))

const server = createServer((request, response) => {
  const url = URL.parse(request.url ?? '', 'http://localhost')
  if (url?.pathname.startsWith('/api/stream/')) return stream(request, response)
  response.setHeader('Content-Type', 'text/html').end('<video src="/api/stream/film.mp4" controls></video>')
})

server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/api/stream/hello.txt`))
