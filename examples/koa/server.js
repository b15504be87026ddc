import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toKoaMiddleware } from '@rangekit/server'
import Koa from 'koa'
import mount from 'koa-mount'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')
const port = Number(process.env.PORT ?? 3000)

const app = new Koa()
app.use(mount('/api/stream', toKoaMiddleware(streamHandler(media))))
app.use((context) => {
  if (context.path === '/') context.body = '<video src="/api/stream/film.mp4" controls></video>'
})

app.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/api/stream/hello.txt`))
