import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import { stream, streamSSE, streamText } from 'hono/streaming'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RunningServer, serve } from '../src/node.ts'
import { converse, exchange, field, openSocket, requestText } from './support/raw.ts'

/** A body in pieces, with a pause before each. */
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
      await sleep(100)
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

let left = 0
let server: RunningServer
const log = vi.spyOn(console, 'error').mockImplementation(() => {})
beforeAll(async () => {
  server = await serve({ fetch: app.fetch, port: 0 })
})
afterAll(async () => {
  await server.stop(0)
  log.mockRestore()
})

describe("an app's own response", () => {
  it.each([
    ['/text', 'hello'],
    ['/bytes', 'hello'],
    ['/blob', 'hello'],
    ['/form', 'a=hello'],
    ['/empty', ''],
    ['/nothing', ''],
    ['/quick-stream', 'hello'],
    ['/declared', 'hello'],
  ])('to GET %s has its Content-Length', async (path, body) => {
    const response = await exchange(server.port, `GET ${path}`)
    expect([response.status, response.framing, response.body.toString()]).toEqual([
      200,
      'content-length',
      body,
    ])
  })

  it.each(['/slow-stream', '/strings', '/stream-text'])('to GET %s is framed once', async (path) => {
    const answer = (await converse(server.port, requestText(`GET ${path}`, ['Connection: close']))).toString()
    expect(answer.match(/^(?:Transfer-Encoding|Content-Length):/gim)?.length).toBe(1)
    expect((await exchange(server.port, `GET ${path}`)).body.toString()).toBe('hello')
  })

  it('to HTTP/1.0 ends with the connection where its length is not known', async () => {
    const answer = (await converse(server.port, 'GET /slow-stream HTTP/1.0\r\n\r\n')).toString()
    expect(answer).toMatch(/\r\n\r\nhello$/)
    expect(answer).not.toMatch(/^(?:Transfer-Encoding|Content-Length):/im)
  })

  it('has no Content-Length where it is a 204, and all cookies', async () => {
    const empty = await exchange(server.port, 'GET /no-content')
    expect([empty.status, field(empty, 'content-length')]).toEqual([204, undefined])
    const { headers } = await exchange(server.port, 'GET /cookies')
    const cookies = headers.filter(({ name }) => name === 'Set-Cookie').map(({ value }) => value)
    expect(cookies).toEqual(['a=1', 'b=2'])
    expect(field(await exchange(server.port, 'GET /redirect'), 'location')).toBe('/text')
  })

  it('to HEAD has no body, and the next one is its own', async () => {
    const answer = await converse(
      server.port,
      requestText('HEAD /text') +
        requestText('HEAD /slow-stream') +
        requestText('GET /text', ['Connection: close']),
    )
    expect(answer.toString().match(/HTTP\/1\.1 200 OK/g)?.length).toBe(3)
    expect(answer.toString().match(/hello/g)?.length).toBe(1)
  })

  it.each(['/short', '/long', '/breaks'])('to GET %s breaks the connection', async (path) => {
    const answer = (
      await converse(server.port, requestText(`GET ${path}`) + requestText('GET /text'))
    ).toString()
    expect(answer.match(/HTTP\/1\.1/g)?.length).toBe(1)
    expect(answer).not.toMatch(/\r\n0\r\n\r\n$/)
    expect(answer.split('\r\n\r\n')[1]?.length ?? 0).toBeLessThan(10)
  })

  it.each(['/breaks-at-once', '/numbers', '/used'])('to GET %s is a 500', async (path) => {
    const response = await exchange(server.port, `GET ${path}`)
    expect([response.status, response.body.toString()]).toEqual([500, '{"detail":"Internal error"}'])
  })

  it('begins before its first event, and hears when its client leaves', async () => {
    left = 0
    const started = performance.now()
    const socket = await openSocket(server.port)
    let answer = ''
    socket.on('data', (piece) => {
      answer += piece
    })
    socket.write(requestText('GET /events'))
    await expect.poll(() => answer, { interval: 5 }).toContain('text/event-stream')
    expect(answer.includes('one')).toBe(performance.now() - started > 100)
    await expect.poll(() => answer).toContain('data: one')
    socket.destroy()
    await expect.poll(() => left).toBe(1)
  })

  it('waits for a client that does not read, and ends when that leaves', async () => {
    left = 0
    const socket = await openSocket(server.port)
    socket.pause().write(requestText('GET /forever'))
    await sleep(300)
    socket.destroy()
    await expect.poll(() => left).toBe(1)
  })

  it('gets the content of its request', async () => {
    const request = requestText('POST /echo', ['Content-Length: 5', 'Connection: close'])
    expect((await converse(server.port, `${request}hello`)).toString()).toMatch(/\r\n\r\nhello$/)
  })
})
