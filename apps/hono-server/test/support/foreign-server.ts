// Serves a folder on servers other than ours, behind middleware that does not send the responses of the routes.
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import { fileSource } from '@rangekit/node-fs-source'
import type { RangeSource } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { timeout } from 'hono/timeout'
import { createApp, streamHandler, streamRoutes } from '../../src/index.ts'
import { type Fetch, listen } from './native.ts'

declare const Bun: { gc(force: boolean): void }

const [, , dir = '', collecting] = process.argv

// Keeps no file open between requests, so that every response that has not ended shows as an open file.
const source = fileSource(dir, { maxOpenFiles: 0 })

/** Takes longer than the time-out of the middleware. */
const slow: RangeSource = {
  async open(key, options) {
    await sleep(60)
    return source.open(key, options)
  },
}

const app = new Hono()
  .use('/replaced/*', async (context, next) => {
    await next()
    context.res = undefined
    context.res = new Response('something else')
  })
  .use('/begun/*', async (context, next) => {
    await next()
    await context.res.body?.getReader().read()
    context.res = undefined
    context.res = new Response('something else')
  })
  .use('/dropped/*', async (_, next) => {
    await next()
    throw new Error('The middleware failed')
  })
  .use('/late/*', timeout(20))
  .route('/replaced', streamRoutes(source))
  .route('/begun', streamRoutes(source))
  .route('/dropped', streamRoutes(source))
  .route('/late', streamRoutes(slow))
  .route('/slow', streamRoutes(slow))
  .route('/', createApp({ source }))
  .onError((error, { text }) => (error instanceof HTTPException ? error.getResponse() : text('failed', 500)))
const handler = streamHandler(source, { prefix: '/handler' })
const forgotten = streamHandler(source, { prefix: '/forgotten' })
/** With a field value as it may come from the metadata of an object. */
const unsendable = createHandler(source, {
  key: () => 'film.mp4',
  fields: () => ({ 'X-Title': 'a\u0001b' }),
  onError() {},
})

const fetch: Fetch = (request, info) => {
  const [, first] = new URL(request.url).pathname.split('/')
  if (first === 'handler') return handler(request, info)
  if (first === 'unsendable') return unsendable(request, info)
  if (first !== 'forgotten') return app.fetch(request, Object(info))
  // Nothing ever reads this response.
  void forgotten(new Request(request.url))
  return new Response('something else')
}

const port = await listen(fetch, serve)
if (collecting === 'collecting') setInterval(collectGarbage, 100)
console.log(`Rangekit is serving ${dir} at http://127.0.0.1:${port}/`)

function collectGarbage(): void {
  if ('Bun' in globalThis) Bun.gc(true)
  else globalThis.gc?.()
}
