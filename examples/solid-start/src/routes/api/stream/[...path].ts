import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import type { APIEvent } from '@solidjs/start/server'

const handler = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })

const stream = ({ request }: APIEvent) => handler(request)

export { stream as GET, stream as HEAD, stream as OPTIONS }
