import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import type { RequestHandler } from './$types'

const handler = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })

const stream: RequestHandler = ({ request }) => handler(request)

export { stream as GET, stream as HEAD, stream as OPTIONS }
