/** What comes before and after a door: middleware that has responded, guards, errors, and the next handler. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { streamHandler } from '@rangekit/range-handler'
import { exchange, field } from '@rangekit/test-kit/raw'
import connect from 'connect'
import express from 'express'
import express4 from 'express4'
import fastify from 'fastify'
import Koa from 'koa'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toFastifyPlugin, toKoaMiddleware, toNodeHandler } from '../src/index.ts'
import { countingSource } from './support/counting-source.ts'
import { close, listen } from './support/doors.ts'

const servers: Server[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(close))
  vi.restoreAllMocks()
})

const start = (server: Server) => {
  servers.push(server)
  return listen(server)
}

describe('a response that has begun before', () => {
  const handler = vi.fn(streamHandler(countingSource().source))
  const beginnings: readonly [string, (outgoing: ServerResponse) => unknown, string][] = [
    ['sent', (outgoing) => outgoing.end('early'), 'early'],
    [
      'sent, with its end known',
      (outgoing) => outgoing.writeHead(200, { 'Content-Length': 5 }).end('early'),
      'early',
    ],
    ['partly sent', (outgoing) => outgoing.writeHead(200, { 'Content-Length': 5 }).write('ear'), 'early'],
  ]

  it.each(beginnings)('stays what it is: %s', async (_, begin, expected) => {
    const errors = vi.spyOn(console, 'error')
    handler.mockClear()
    const listener = toNodeHandler(handler)
    const port = await start(
      createServer(async (incoming, outgoing) => {
        begin(outgoing)
        listener(incoming, outgoing)
        await delay(20)
        if (!outgoing.writableEnded) outgoing.end('ly')
      }),
    )
    const { body } = await exchange(port, 'GET /film.mp4')
    expect(body.toString()).toContain(expected)
    expect(body.byteLength).toBeLessThan(30)
    expect(handler).not.toHaveBeenCalled()
    expect(errors).not.toHaveBeenCalled()
  })

  it.each<[string, (outgoing: ServerResponse) => unknown]>([
    ['sent', (outgoing) => outgoing.end('early')],
    ['of a client that has left', (outgoing) => outgoing.destroy()],
  ])('lets the middleware around it go on in Koa: %s', async (_, begin) => {
    const isOver = Promise.withResolvers<void>()
    const app = new Koa()
      .use(async ({ res }, next) => {
        begin(res)
        await delay(20)
        await next()
        isOver.resolve()
      })
      .use(toKoaMiddleware(handler))
    const port = await start(createServer(app.callback()))
    await exchange(port, 'GET /film.mp4').catch(() => undefined)
    await isOver.promise
  })
})

describe('a guard that is mounted below the handler', () => {
  const guard = (_: IncomingMessage, outgoing: ServerResponse) => {
    outgoing.statusCode = 403
    outgoing.end()
  }
  const apps: readonly [string, () => Server][] = [
    ['Express 4', () => createServer(express4().use('/m/a', guard).use('/m', door()))],
    ['Express 5', () => createServer(express().use('/m/a', guard).use('/m', door()))],
    ['Connect', () => createServer(connect().use('/m/a', guard).use('/m', door()))],
    [
      'Express 4 with a router',
      () => createServer(express4().use('/m/a', guard).use('/m', express4.Router().use(door()))),
    ],
  ]
  const door = () =>
    toNodeHandler(streamHandler({ open: (key) => countingSource().source.open(keys[key] ?? key) }))
  const keys: Readonly<Record<string, string>> = { 'a/x': 'film.mp4', x: 'film.mp4', '.a/x': 'film.mp4' }

  it.each(apps)('sees each spelling that is served: %s', async (_, serverOf) => {
    const port = await start(serverOf())
    expect((await exchange(port, 'HEAD /m/x')).status).toBe(200)
    expect((await exchange(port, 'HEAD http://host/m/x')).status).toBe(200)
    const spellings =
      '/m/a/x //m/a/x /m//a/x /m/a//x /M/A/x /m/%61/x /m%2Fa/x /m/a%2Fx /m/./a/x /m.a/x /m./a/x'.split(' ')
    for (const spelling of spellings) {
      for (const origin of ['', 'http://host']) {
        const { status } = await exchange(port, `HEAD ${origin}${spelling}`)
        expect([spelling, origin, status === 403 || status === 404 || status === 400]).toEqual([
          spelling,
          origin,
          true,
        ])
      }
    }
  })
})

it('a head that can never be written ends the connection, not the process', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  const listener = toNodeHandler(streamHandler(countingSource().source))
  const port = await start(
    createServer((incoming, outgoing) => {
      outgoing.writeHead = () => {
        throw new Error('A middleware fails')
      }
      listener(incoming, outgoing)
    }),
  )
  await exchange(port, 'GET /film.mp4').catch(() => undefined)
  await exchange(port, 'GET /missing.mp4').catch(() => undefined)
  expect(errors.mock.calls.length).toBeLessThan(6)
})

it('trailers that a middleware has announced are not', async () => {
  const listener = toNodeHandler(streamHandler(countingSource().source))
  const port = await start(
    createServer((incoming, outgoing) => {
      outgoing.setHeader('Trailer', 'X-Sum')
      listener(incoming, outgoing)
    }),
  )
  const response = await exchange(port, 'GET /film.mp4', ['Range: bytes=0-9'])
  expect([response.status, field(response, 'trailer'), field(response, 'content-length')]).toEqual([
    206,
    undefined,
    '10',
  ])
})

it('what is passed on leaves no body open', async () => {
  const cancelled = Promise.withResolvers<void>()
  const missing = () =>
    new Response(new ReadableStream({ cancel: () => cancelled.resolve() }), { status: 404 })
  const app = express()
    .use(toNodeHandler(missing, { fallthrough: true }))
    .use((_, response) => void response.end('next'))
  const port = await start(createServer(app))
  expect((await exchange(port, 'GET /')).body.toString()).toContain('next')
  await cancelled.promise
})

it.each([
  ['before', (app: express.Express) => app.use(express.json()).use(fall())],
  ['after', (app: express.Express) => app.use(fall()).use(express.json())],
])('the next handler gets the content of the request, with the parser %s', async (_, use) => {
  const app = use(express()).use(({ body }, response) => void response.json(body))
  const port = await start(createServer(app))
  const headers = { 'Content-Type': 'application/json' }
  const response = await fetch(`http://127.0.0.1:${port}/film.mp4`, {
    method: 'POST',
    headers,
    body: '{"a":1}',
  })
  expect(await response.text()).toBe('{"a":1}')
})

function fall() {
  const source = countingSource().source
  return toNodeHandler(streamHandler(source, { authorize: async () => true }), { fallthrough: true })
}

it('a URL that Fastify rewrites is heeded', async () => {
  const app = fastify({ rewriteUrl: ({ url = '' }) => url.replace('/v1/', '/api/stream/') })
  await app.register(toFastifyPlugin(streamHandler(countingSource().source)), { prefix: '/api/stream' })
  expect((await app.inject('/v1/film.mp4')).statusCode).toBe(200)
})

it('HTTP/2 gets the same, and Node has nothing to warn of', async () => {
  const warnings = vi.spyOn(process, 'emitWarning')
  const listener = toNodeHandler(streamHandler(countingSource().source))
  const server = createHttp2Server((incoming, outgoing) => {
    // Its types are those of another class; what is used of them is the same.
    Reflect.apply(listener, undefined, [incoming, outgoing])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = session.request({ ':path': '/film.mp4', range: 'bytes=0-9' })
  const fields = await new Promise<Readonly<Record<string, unknown>>>((resolve) =>
    stream.on('response', resolve),
  )
  let length = 0
  for await (const chunk of stream) length += chunk.length
  expect([fields[':status'], fields['content-length'], length]).toEqual([206, '10', 10])
  expect(warnings).not.toHaveBeenCalled()
  session.close()
  server.close()
})
