import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toNodeHandler } from '@rangekit/server'
import express from 'express'
import { handler as astro } from './dist/server/entry.mjs'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')

const app = express()
app.use('/api/stream', toNodeHandler(streamHandler(media)))
app.use(express.static('dist/client'))
app.use(astro)
app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
