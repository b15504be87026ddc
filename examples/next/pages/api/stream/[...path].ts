import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { toNodeHandler } from '@rangekit/server'

const media = fileSource(process.env.MEDIA_DIR ?? 'media')

export const config = { api: { externalResolver: true, responseLimit: false } }

export default toNodeHandler(streamHandler(media, { prefix: '/api/stream' }))
