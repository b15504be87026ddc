import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { createFileRoute } from '@tanstack/react-router'

const stream = streamHandler(fileSource(process.env.MEDIA_DIR ?? 'media'), { prefix: '/api/stream' })

export const Route = createFileRoute('/api/stream/$')({
  server: { handlers: { ANY: ({ request }) => stream(request) } },
})
