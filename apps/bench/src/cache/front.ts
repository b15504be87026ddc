// Serves an HTTP origin through a block cache: node front.ts ORIGIN PORT MEMORY [FOLDER]
import { cachedSource } from '@rangekit/block-cache'
import { diskBlocks } from '@rangekit/block-cache/disk'
import { httpSource } from '@rangekit/http-source'
import { streamHandler } from '@rangekit/range-handler'
import { serve } from '@rangekit/server'

const [origin = '', port = '', memory = '', dir] = process.argv.slice(2)
const GIB = 1024 ** 3

const source = cachedSource(httpSource(origin), {
  memory: Number(memory),
  ...(dir !== undefined && { store: await diskBlocks({ dir, maxBytes: 8 * GIB }), scope: origin }),
})
await serve({ port: Number(port), hostname: '127.0.0.1', fetch: streamHandler(source) })
