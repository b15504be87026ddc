import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toNodeHandler } from '@rangekit/server'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')

export default fromNodeMiddleware(toNodeHandler(streamHandler(media, { prefix: '/api/stream' })))
