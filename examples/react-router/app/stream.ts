import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'

const handler = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })

const stream = ({ request }: { request: Request }) => handler(request)

export { stream as action, stream as loader }
