// Starts one server for each of the options in its argument, which is JSON. One without limits says where they listen.
import { createHandler } from '@rangekit/range-handler'
import { type RunningServer, type ServeOptions, serve } from '../../src/index.ts'

const [, , json = '[]'] = process.argv
const all: readonly Partial<ServeOptions>[] = JSON.parse(json)
const servers: RunningServer[] = []
let open = 0
const handler = createHandler(
  {
    open() {
      open++
      return {
        completeLength: 24 * 1024 * 1024,
        read: ({ firstPos, lastPos }) => new Uint8Array(lastPos - firstPos + 1),
        readInto: (target) => target.fill(0).byteLength,
        close() {
          open--
        },
      }
    },
  },
  { onError() {} },
)
for (const options of all) servers.push(await serve({ ...options, port: 0, fetch: handler }))

const { port } = await serve({
  port: 0,
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/stop') await servers[Number(searchParams.get('index'))]?.stop(0)
    return Response.json({ ports: servers.map((server) => server.port), open })
  },
})
console.log(`Rangekit is serving what is limited at http://127.0.0.1:${port}/`)
