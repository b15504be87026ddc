import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toFastifyPlugin } from '@rangekit/server'
import fastify from 'fastify'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')

const app = fastify()
app.get('/', (_request, reply) => {
  reply.type('text/html').send('<video src="/api/stream/film.mp4" controls></video>')
})
await app.register(toFastifyPlugin(streamHandler(media)), { prefix: '/api/stream' })

const address = await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
console.log(`${address}/api/stream/hello.txt`)
