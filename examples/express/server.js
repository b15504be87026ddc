import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toNodeHandler } from '@rangekit/server'
import express from 'express'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')
const port = Number(process.env.PORT ?? 3000)

const app = express()
app.get('/', (_request, response) => response.send('<video src="/api/stream/film.mp4" controls></video>'))
app.use('/api/stream', toNodeHandler(streamHandler(media)))

app.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/api/stream/hello.txt`))
