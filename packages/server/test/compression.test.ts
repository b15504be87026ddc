// Middleware that compresses, in front of the doors: it must leave ranges alone, and whole files as well.
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyCompress from '@fastify/compress'
import type { RangeSource, Representation } from '@rangekit/range-core'
import { type StreamOptions, streamHandler } from '@rangekit/range-handler'
import { precompressed } from '@rangekit/range-handler/precompressed'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import compression from 'compression'
import connect from 'connect'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { compress } from 'hono/compress'
import Koa from 'koa'
import koaCompress from 'koa-compress'
import { describe, expect, it } from 'vitest'
import { serve, toFastifyPlugin, toKoaMiddleware, toNodeHandler } from '../src/index.ts'

const TEXT = new TextEncoder().encode(Array.from({ length: 40_000 }, (_, line) => `line ${line}\n`).join(''))
/** Stands for text in a coding: middleware would find it easy to compress. */
const STORED = new TextEncoder().encode('stored '.repeat(20_000))

/** A text, and its sibling, as files have them: with and without `readInto`. */
function sourceOf(hasReadInto: boolean): RangeSource {
  return {
    open: (key) =>
      key === 'a.txt'
        ? represent(TEXT, 'text')
        : key === 'a.txt.br'
          ? represent(STORED, 'stored')
          : undefined,
  }
  function represent(bytes: Uint8Array<ArrayBuffer>, opaque: string): Representation {
    return {
      completeLength: bytes.length,
      contentType: 'text/plain; charset=utf-8',
      etag: { opaque, weak: false },
      read: ({ firstPos, lastPos }) => bytes.slice(firstPos, lastPos + 1),
      ...(hasReadInto && {
        readInto(target: Uint8Array<ArrayBuffer>, position: number) {
          const piece = bytes.subarray(position, position + target.length)
          target.set(piece)
          return piece.length
        },
      }),
      close() {},
    }
  }
}

type Serve = (
  source: RangeSource,
  options: StreamOptions,
) => Promise<{ readonly port: number; stop(): Promise<unknown> }>

/** `node:http` with a listener. */
async function listen(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Each serves the source at `/files`, and what the middleware does compress at `/other`. */
const DOORS: Readonly<Record<string, Serve>> = {
  'hono/compress, behind serve()': async (source, options) => {
    const files = streamHandler(source, { prefix: '/files', ...options })
    const app = new Hono().use(compress())
    app
      .all('/files/*', ({ req }) => files(req.raw))
      .get('/other', ({ text }) => text(new TextDecoder().decode(TEXT)))
    const server = await serve({ fetch: app.fetch, port: 0 })
    return { port: server.port, stop: () => server.stop(0) }
  },
  'compression, in Express': (source, options) => {
    const app = express()
      .use(compression())
      .use('/files', toNodeHandler(streamHandler(source, options)))
    app.get('/other', (_, response) => void response.type('txt').send(Buffer.from(TEXT)))
    return listen(app)
  },
  'compression, in Connect': (source, options) => {
    const app = connect()
    app.use(compression() as connect.NextHandleFunction)
    app.use('/files', toNodeHandler(streamHandler(source, options)))
    app.use('/other', (_, response) => response.setHeader('Content-Type', 'text/plain').end(TEXT))
    return listen(app)
  },
  '@fastify/compress': async (source, options) => {
    const app = Fastify()
    await app.register(fastifyCompress)
    await app.register(toFastifyPlugin(streamHandler(source, options)), { prefix: '/files' })
    app.get('/other', (_, reply) => reply.type('text/plain').send(Buffer.from(TEXT)))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() }
  },
  'koa-compress': (source, options) => {
    const app = new Koa().use(koaCompress())
    const files = toKoaMiddleware(streamHandler(source, { prefix: '/files', ...options }), {
      fallthrough: true,
    })
    app.use(files).use((context) => {
      context.type = 'text/plain'
      context.body = Buffer.from(TEXT)
    })
    return listen(app.callback())
  },
}

// Hono has no Brotli.
const ACCEPTED = ['gzip', 'gzip, deflate', 'br;q=0.9, gzip']

describe.each(Object.entries(DOORS))('%s', (_, door) => {
  describe.each([
    ['is read into buffers', true],
    ['is read as a stream', false],
  ])('around a file that %s', (_way, hasReadInto) => {
    const server = sharedServer(() => door(sourceOf(hasReadInto), {}))
    const ask = (accepted: string, fields: readonly string[] = [], method = 'GET', path = '/files/a.txt') =>
      exchange(server.port, `${method} ${path}`, [`Accept-Encoding: ${accepted}`, ...fields])

    it.each(ACCEPTED)('would compress its text for Accept-Encoding: %s', async (accepted) => {
      const response = await ask(accepted, [], 'GET', '/other')
      expect([response.status, field(response, 'content-encoding')]).toEqual([200, expect.any(String)])
    })

    it.each(ACCEPTED)(
      'leaves it whole, with its length and its tag, for Accept-Encoding: %s',
      async (accepted) => {
        const response = await ask(accepted)
        expect(field(response, 'content-encoding')).toBeUndefined()
        expect([response.status, response.framing, response.complete]).toEqual([200, 'content-length', true])
        expect([field(response, 'etag'), field(response, 'accept-ranges')]).toEqual(['"text"', 'bytes'])
        expect(response.body.equals(TEXT)).toBe(true)
      },
    )

    it.each(ACCEPTED)('leaves its ranges alone for Accept-Encoding: %s', async (accepted) => {
      for (const [range, firstPos, lastPos] of [
        ['bytes=5-9', 5, 9],
        ['bytes=1000-300000', 1000, 300_000],
        ['bytes=-20000', TEXT.length - 20_000, TEXT.length - 1],
      ] as const) {
        const response = await ask(accepted, [`Range: ${range}`, 'If-Range: "text"'])
        expect([response.status, response.framing, field(response, 'content-encoding')]).toEqual([
          206,
          'content-length',
          undefined,
        ])
        expect(field(response, 'content-range')).toBe(`bytes ${firstPos}-${lastPos}/${TEXT.length}`)
        expect(response.body.equals(TEXT.subarray(firstPos, lastPos + 1))).toBe(true)
      }
    })

    it('leaves several ranges alone', async () => {
      const response = await ask('gzip', ['Range: bytes=0-19999,40000-59999'])
      expect([response.status, response.framing, field(response, 'content-encoding')]).toEqual([
        206,
        'content-length',
        undefined,
      ])
      expect(response.body.includes(Buffer.from(TEXT.subarray(40_000, 60_000)))).toBe(true)
    })

    it('leaves HEAD, 304 and 416 alone', async () => {
      const head = await ask('gzip', [], 'HEAD')
      expect([head.status, field(head, 'content-length'), field(head, 'content-encoding')]).toEqual([
        200,
        String(TEXT.length),
        undefined,
      ])
      for (const [fields, status] of [
        [['If-None-Match: "text"'], 304],
        [[`Range: bytes=${TEXT.length}-`], 416],
      ] as const) {
        const response = await ask('gzip', fields)
        expect([response.status, response.body.length, field(response, 'content-encoding')]).toEqual([
          status,
          0,
          undefined,
        ])
      }
    })
  })

  describe('around a file that is stored compressed', () => {
    const server = sharedServer(() => door(precompressed(sourceOf(true)), { noTransform: false }))

    it('does not compress it again, even if it may', async () => {
      const ask = (...fields: string[]) =>
        exchange(server.port, 'GET /files/a.txt', ['Accept-Encoding: br', ...fields])
      const whole = await ask()
      expect([field(whole, 'content-encoding'), field(whole, 'vary'), field(whole, 'etag')]).toEqual([
        'br',
        expect.stringMatching(/\bAccept-Encoding\b/),
        '"stored-br"',
      ])
      expect(whole.body.equals(STORED)).toBe(true)
      const part = await ask('Range: bytes=7000-69999')
      expect([part.status, field(part, 'content-encoding')]).toEqual([206, 'br'])
      expect(part.body.equals(STORED.subarray(7000, 70_000))).toBe(true)
    })
  })
})

/** What `no-transform` is for. */
describe('without no-transform', () => {
  const server = sharedServer(
    () => DOORS['compression, in Express']?.(sourceOf(true), { noTransform: false }) ?? Promise.reject(),
  )

  it('compression() compresses a range, and its Content-Range is wrong', async () => {
    const response = await exchange(server.port, 'GET /files/a.txt', [
      'Accept-Encoding: gzip',
      'Range: bytes=0-9999',
    ])
    expect([response.status, field(response, 'content-encoding'), field(response, 'content-range')]).toEqual([
      206,
      'gzip',
      `bytes 0-9999/${TEXT.length}`,
    ])
  })
})

describe('@fastify/compress around a handler without the plugin', () => {
  const server = sharedServer(async () => {
    const app = Fastify()
    await app.register(fastifyCompress)
    const files = streamHandler(sourceOf(false), { prefix: '/files' })
    app.get('/files/*', async ({ raw, url }, reply) => {
      const headers = Object.entries(raw.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ])
      return reply.send(await files(new Request(`http://localhost${url}`, { headers })))
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return { port: (app.server.address() as AddressInfo).port, stop: () => app.close() }
  })

  it('does not look at no-transform: ranges are left alone, but a whole text is compressed under its strong tag', async () => {
    const ask = (...fields: string[]) =>
      exchange(server.port, 'GET /files/a.txt', ['Accept-Encoding: gzip', ...fields])
    const part = await ask('Range: bytes=0-9999')
    expect([part.status, field(part, 'content-encoding')]).toEqual([206, undefined])
    const whole = await ask()
    expect([
      whole.status,
      field(whole, 'content-encoding'),
      field(whole, 'cache-control'),
      field(whole, 'etag'),
    ]).toEqual([200, 'gzip', 'no-transform', '"text"'])
  })
})
