import { fileSource } from '@rangekit/node-fs-source'
import { streamHandler } from '@rangekit/range-handler'
import { serve } from '@rangekit/server'

// usage: log-server.ts DIR. Its logs grow for ever.
const [dir = '.'] = process.argv.slice(2)
const files = fileSource(dir, { growing: (key) => (key.endsWith('.log') ? {} : undefined) })
const { port } = await serve({ fetch: streamHandler(files), port: 0 })
console.log(`Rangekit is serving ${dir} at http://127.0.0.1:${port}/`)
