// Serves an app without files, on the runtime that runs this.
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@rangekit/server'
import { Hono } from 'hono'
import { stream, streamSSE, streamText } from 'hono/streaming'

const form = new FormData()
form.set('a', 'hello')
/** How many clients have left an endless body. */
let left = 0

/** A body in pieces, with a pause in milliseconds before each, that closes or fails at the end. */
function pieces(parts: readonly unknown[], pause = 0, fault?: Error): ReadableStream {
  const left = [...parts]
  return new ReadableStream({
    async pull(controller) {
      if (pause > 0) await sleep(pause)
      const part = left.shift()
      if (part !== undefined) controller.enqueue(part)
      else if (fault === undefined) controller.close()
      else controller.error(fault)
    },
  })
}

const text = (value: string) => new TextEncoder().encode(value)
const used = new Response('used')
const app = new Hono()
  .get('/text', (context) => context.text('hello'))
  .get('/bytes', ({ body }) => body(text('hello')))
  .get('/blob', () => new Response(new Blob(['hello'])))
  .get('/form', () => new Response(new URLSearchParams({ a: 'hello' })))
  .get('/empty', () => new Response(''))
  .get('/nothing', () => new Response(null))
  .get('/no-content', () => new Response(null, { status: 204, headers: { 'Content-Length': '5' } }))
  .get('/redirect', ({ redirect }) => redirect('/text'))
  .get('/cookies', (context) => {
    context.header('Set-Cookie', 'a=1', { append: true })
    context.header('Set-Cookie', 'b=2', { append: true })
    return context.text('hello')
  })
  .get('/quick-stream', () => new Response(pieces([text('hel'), text('lo')])))
  .get('/slow-stream', () => new Response(pieces([text('hel'), text('lo')], 20)))
  .get('/strings', () => new Response(pieces(['hel', 'lo'], 20)))
  .get('/stream-text', (context) => streamText(context, async (writer) => void (await writer.write('hello'))))
  .get(
    '/declared',
    () => new Response(pieces([text('hel'), text('lo')], 20), { headers: { 'Content-Length': '5' } }),
  )
  .get('/short', () => new Response(pieces([text('hel')], 20), { headers: { 'Content-Length': '5' } }))
  .get(
    '/long',
    () => new Response(pieces([text('hel'), text('lo!')], 20), { headers: { 'Content-Length': '5' } }),
  )
  .get('/breaks', () => new Response(pieces([text('hel')], 20, new Error('broken'))))
  .get('/breaks-at-once', () => new Response(pieces([], 0, new Error('broken'))))
  .get('/numbers', () => new Response(pieces([1])))
  .get('/used', () => {
    used.body?.getReader()
    return used
  })
  .get('/events', (context) =>
    streamSSE(context, async (events) => {
      await sleep(1000)
      await events.writeSSE({ data: 'one' })
      await new Promise<void>((resolve) => events.onAbort(resolve))
      left++
    }),
  )
  .get('/forever', (context) =>
    stream(context, async (writer) => {
      writer.onAbort(() => void left++)
      while (!writer.aborted) {
        await writer.write(new Uint8Array(100_000))
      }
    }),
  )
  .post('/echo', async (context) => context.body(await context.req.arrayBuffer()))
  .all('/copied', async ({ req }) => {
    const copy = new Request(new URL('/other', req.url), req.raw)
    return new Response([copy.method, new URL(copy.url).pathname, await copy.text()].join(' '))
  })
  .get('/multipart', () => new Response(form))
  .get('/typed', () => new Response(new Blob(['hello'], { type: 'text/x-own' })))
  .get(
    '/odd-names',
    () => new Response('hello', { headers: { constructor: 'a', __proto__: 'b', toString: 'c' } }),
  )
  .get(
    '/odd-length',
    () => new Response(pieces([text('hel'), text('lo')], 20), { headers: { 'Content-Length': 'abc' } }),
  )
  .get('/left', (context) => context.text(String(left)))

// Some responses fail on purpose.
console.error = () => {}
const { port } = await serve({
  fetch: (request) => (request.url.endsWith('/undefined') ? JSON.parse('null') : app.fetch(request)),
  port: 0,
})
console.log(`Rangekit is serving nothing at http://127.0.0.1:${port}/`)
