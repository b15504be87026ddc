// Serves a folder behind middleware that does not send its files, on the runtime that runs this.
import { setTimeout as sleep } from 'node:timers/promises'
import { streamRoutes } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import type { RangeSource } from '@rangekit/range-core'
import { serve } from '@rangekit/server'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { timeout } from 'hono/timeout'

const [, , dir = '', ...args] = process.argv
const files = fileSource(dir)
/** Opens files only after a middleware has timed out. */
const slow: RangeSource = {
  async open(key) {
    await sleep(300)
    return files.open(key)
  },
}

const app = new Hono()
app.use('/throws/*', async (_, next) => {
  await next()
  throw new HTTPException(418, { message: 'no' })
})
app.use('/replaces/*', async (context, next) => {
  await next()
  context.res = new Response('another body')
})
app.use('/empties/*', async (context, next) => {
  await next()
  context.res = new Response(null, { status: 202 })
})
app.use('/reads/*', async (context, next) => {
  await next()
  context.res = new Response(`${(await context.res.arrayBuffer()).byteLength} bytes`)
})
app.use('/begins/*', async (context, next) => {
  await next()
  await context.res.body?.getReader().read()
  context.res = new Response('enough')
})
app.use('/shortens/*', async (context, next) => {
  await next()
  const reader = context.res.body?.getReader()
  const shortened = new ReadableStream({
    async pull(controller) {
      const piece = await reader?.read()
      if (piece?.value !== undefined) controller.enqueue(piece.value)
      await sleep(50)
      await reader?.cancel()
      controller.close()
    },
  })
  context.res = new Response(shortened, context.res)
})
app.use('/unsendable/*', async (context, next) => {
  await next()
  context.header('X-Own', 'a\u0001b')
})
app.get('/unsendable', ({ body }) => body(null, 200, { 'X-Own': 'a\u0001b' }))
app.use('/impatient/*', timeout(100))
for (const name of ['throws', 'replaces', 'empties', 'reads', 'begins', 'shortens', 'unsendable']) {
  app.route(`/${name}`, streamRoutes(files))
}
app.route('/impatient', streamRoutes(slow))
app.route('/plain', streamRoutes(files))
const { port } = await serve({ fetch: app.fetch, port: 0, fastPath: !args.includes('--no-fast-path') })
console.log(`Rangekit is serving ${dir} at http://127.0.0.1:${port}/`)
