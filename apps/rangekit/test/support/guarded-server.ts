// Serves a folder behind guards, on the runtime that runs this.
import { streamRoutes } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { Hono } from 'hono'
import { GUARDED, ROUTE } from './path-tricks.ts'

const [, , dir = ''] = process.argv
const app = new Hono()
// A reserved character may be raw or encoded in a path, and a guard has to name both forms.
for (const name of GUARDED.flatMap((name) => [name, encodeURIComponent(name)])) {
  app.use(`${ROUTE}/${name}/*`, ({ text }) => Promise.resolve(text('guarded', 403)))
}
app.route(ROUTE, streamRoutes(fileSource(dir)))
const { port } = await serve({ fetch: app.fetch, port: 0 })
console.log(`Rangekit is serving ${dir} at http://127.0.0.1:${port}/`)
