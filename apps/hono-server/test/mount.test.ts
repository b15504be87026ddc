import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { logger } from 'hono/logger'
import { secureHeaders } from 'hono/secure-headers'
import { timing } from 'hono/timing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamHandler, streamRoutes } from '../src/index.ts'

// One that a single read fills, and one that takes several.
const bytes = positionBytes(20_000)
const large = positionBytes(3_000_001)
const text = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('')

let folder: TestFolder
beforeAll(() => {
  folder = makeFolder()
  folder.put('film.mp4', bytes)
  folder.put('large.mp4', large)
  folder.put('sub/film.mp4', bytes)
  folder.put('notes.txt', text)
})
afterAll(() => folder.remove())

type Ask = (path: string, headers?: Record<string, string>) => Promise<Response>

/** The two ways in: a request to the app itself, and one over the wire through the server of this package. */
const ways = [
  {
    way: 'from the app',
    through: async (app: Hono, test: (ask: Ask) => Promise<void>) => {
      await test(async (path, headers = {}) => app.request(path, { headers }))
    },
  },
  {
    way: 'over the wire',
    through: async (app: Hono, test: (ask: Ask) => Promise<void>) => {
      const server = await serve({ fetch: app.fetch, port: 0 })
      const ask: Ask = (path, headers = {}) =>
        fetch(`http://127.0.0.1:${server.port}${path}`, {
          headers: { 'Accept-Encoding': 'identity', ...headers },
        })
      try {
        await test(ask)
      } finally {
        await server.stop(0)
      }
    },
  },
] as const

async function expectBytes(response: Response, status: number, expected: Uint8Array): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer())
  expect([response.status, body.byteLength]).toEqual([status, expected.byteLength])
  expect(sameBytes(body, expected)).toBe(true)
}

/** Whole files, small and large ranges, and what is not there. */
async function expectServed(ask: Ask, base: string): Promise<void> {
  await expectBytes(await ask(`${base}/film.mp4`), 200, bytes)
  await expectBytes(await ask(`${base}/sub/film.mp4`), 200, bytes)
  await expectBytes(await ask(`${base}/large.mp4`), 200, large)
  await expectBytes(await ask(`${base}/film.mp4`, { Range: 'bytes=5-9' }), 206, bytes.subarray(5, 10))
  const range = { Range: 'bytes=1000003-2500000' }
  const part = await ask(`${base}/large.mp4`, range)
  expect(part.headers.get('content-range')).toBe('bytes 1000003-2500000/3000001')
  expect(part.headers.get('content-length')).toBe('1499998')
  await expectBytes(part, 206, large.subarray(1_000_003, 2_500_001))
  const several = await ask(`${base}/large.mp4`, { Range: 'bytes=0-9,-10' })
  expect(several.headers.get('content-type')).toMatch(/^multipart\/byteranges; boundary=/)
  const parts = Buffer.from(await several.arrayBuffer())
  for (const bytesOfPart of [large.subarray(0, 10), large.subarray(-10)]) {
    expect(parts.includes(Buffer.from(bytesOfPart))).toBe(true)
  }
  expect((await ask(`${base}/none.mp4`)).status).toBe(404)
  expect((await ask(`${base}//film.mp4`)).status).toBe(404)
}

describe.each(ways)('$way', ({ through }) => {
  const source = () => fileSource(folder.path)
  const places: readonly [name: string, base: string, mount: () => Hono][] = [
    ['at one segment', '/files', () => new Hono().route('/files', streamRoutes(source()))],
    ['at two', '/api/stream', () => new Hono().route('/api/stream', streamRoutes(source()))],
    ['with a slash behind', '/files', () => new Hono().route('/files/', streamRoutes(source()))],
    [
      'with a parameter',
      '/a/someone/stream',
      () => new Hono().route('/a/:user/stream', streamRoutes(source())),
    ],
    ['at the root', '', () => new Hono().route('/', streamRoutes(source()))],
    [
      'below a base path',
      '/v1/media',
      () => new Hono().basePath('/v1').route('/media', streamRoutes(source())),
    ],
    [
      'in an app within an app',
      '/outer/inner',
      () => new Hono().route('/outer', new Hono().route('/inner', streamRoutes(source()))),
    ],
    ['as an app of its own', '', () => streamRoutes(source())],
    [
      'as a handler',
      '/x/y',
      () => new Hono().all('/x/y/*', ({ req }) => streamHandler(source(), 2)(req.raw)),
    ],
    ['as another app', '/other', () => new Hono().mount('/other', streamHandler(source()))],
  ]

  it.each(places)('serves where it is mounted: %s', (_, base, mount) =>
    through(mount(), (ask) => expectServed(ask, base)),
  )

  it('serves from several places at once, each its own', async () => {
    const routes = streamRoutes(source())
    const app = new Hono().route('/one', routes).route('/a/longer/way', routes)
    await through(app, async (ask) => {
      await expectServed(ask, '/one')
      await expectServed(ask, '/a/longer/way')
      await expectServed(ask, '/one')
    })
  })

  it('leaves what lies beside it to others', async () => {
    const app = new Hono()
      .get('/files/own', ({ text }) => text('own'))
      .route('/files', streamRoutes(source()))
      .get('/beside', ({ text }) => text('beside'))
    await through(app, async (ask) => {
      expect(await (await ask('/files/own')).text()).toBe('own')
      expect(await (await ask('/beside')).text()).toBe('beside')
      await expectServed(ask, '/files')
    })
  })

  const middleware: readonly [name: string, handler: MiddlewareHandler][] = [
    ['logger', logger(() => {})],
    ['etag', etag()],
    ['compress', compress()],
    ['cors', cors()],
    ['secureHeaders', secureHeaders()],
    ['timing', timing()],
    [
      'one that makes a new Response of the body',
      async (context, next) => {
        await next()
        context.res = new Response(context.res.body, context.res)
      },
    ],
    [
      'one that sends the body through a stream of its own',
      async (context, next) => {
        await next()
        const body = context.res.body?.pipeThrough(new TransformStream()) ?? null
        context.res = new Response(body, context.res)
      },
    ],
    [
      'one that reads the body and sends it on',
      async (context, next) => {
        await next()
        context.res = new Response(await context.res.arrayBuffer(), context.res)
      },
    ],
    [
      'one that looks at the body without touching it',
      async (context, next) => {
        await next()
        if (context.res.body === null || context.res.bodyUsed) throw new Error('There is no body')
      },
    ],
  ]

  it.each(middleware)('serves the same behind %s', (_, handler) =>
    through(new Hono().use(handler).route('/files', streamRoutes(source())), (ask) =>
      expectServed(ask, '/files'),
    ),
  )

  it('serves the same behind all of them', async () => {
    const app = new Hono()
    for (const [, handler] of middleware) app.use(handler)
    await through(app.route('/files', streamRoutes(source())), (ask) => expectServed(ask, '/files'))
  })

  it('gives a middleware that keeps a copy of the body all of it, and the client too', async () => {
    const copies: Promise<ArrayBuffer>[] = []
    const app = new Hono()
      .use(async (context, next) => {
        await next()
        copies.push(context.res.clone().arrayBuffer())
      })
      .route('/files', streamRoutes(source()))
    await through(app, (ask) => expectServed(ask, '/files'))
    const kept = await Promise.all(copies)
    expect(kept.slice(0, 3).map((copy) => copy.byteLength)).toEqual(
      [bytes, bytes, large].map((b) => b.byteLength),
    )
    expect(sameBytes(new Uint8Array(kept[2] ?? new ArrayBuffer()), large)).toBe(true)
  })

  it('gives a middleware the copy that it reads only after the response was sent', async () => {
    const late: (() => Promise<ArrayBuffer>)[] = []
    const app = new Hono()
      .use(async (context, next) => {
        await next()
        const copy = context.res.clone()
        late.push(() => copy.arrayBuffer())
      })
      .route('/files', streamRoutes(source()))
    await through(app, async (ask) => {
      await expectBytes(await ask('/files/large.mp4'), 200, large)
      const [copy] = await Promise.all(late.map((read) => read()))
      expect(sameBytes(new Uint8Array(copy ?? new ArrayBuffer()), large)).toBe(true)
    })
  })

  it('keeps the fields that a middleware sets, takes away and adds', async () => {
    const app = new Hono()
      .use(async (context, next) => {
        context.res.headers.set('X-Before', 'b')
        await next()
        context.header('X-After', 'a')
        context.header('Cache-Control', 'max-age=5')
        context.header('Set-Cookie', 'c=1', { append: true })
        context.header('Set-Cookie', 'd=2', { append: true })
        context.res.headers.delete('Last-Modified')
      })
      .route('/files', streamRoutes(source(), { cacheControl: 'no-cache' }))
    await through(app, async (ask) => {
      for (const headers of [{}, { Range: 'bytes=1000000-' }, { Range: 'bytes=0-1' }]) {
        const response = await ask('/files/large.mp4', headers)
        await response.arrayBuffer()
        expect(Object.fromEntries(response.headers)).toMatchObject({ 'x-before': 'b', 'x-after': 'a' })
        expect(response.headers.get('cache-control')).toBe('max-age=5')
        expect(response.headers.getSetCookie()).toEqual(['c=1', 'd=2'])
        expect(response.headers.get('last-modified')).toBeNull()
        expect(response.headers.get('content-type')).toBe('video/mp4')
      }
      await expectServed(ask, '/files')
    })
  })

  it('sends what a middleware put in its place', async () => {
    const app = new Hono()
      .use(async (context, next) => {
        await next()
        // Without this, Hono keeps the fields of the old one, Content-Length among them.
        context.res = undefined
        context.res = new Response('something else', { status: 203 })
      })
      .route('/files', streamRoutes(source()))
    await through(app, async (ask) => {
      const response = await ask('/files/large.mp4')
      expect([response.status, await response.text()]).toEqual([203, 'something else'])
    })
  })

  it('keeps its own ETag for all ranges behind etag(), and does without it for a 304', async () => {
    const app = new Hono().use(etag()).route('/files', streamRoutes(source()))
    await through(app, async (ask) => {
      const whole = await ask('/files/film.mp4')
      await whole.arrayBuffer()
      const tag = whole.headers.get('etag') ?? ''
      const part = await ask('/files/film.mp4', { Range: 'bytes=0-1', 'If-Range': tag })
      expect([part.status, part.headers.get('etag')]).toEqual([206, tag])
      await part.arrayBuffer()
      const again = await ask('/files/film.mp4', { 'If-None-Match': tag })
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag])
    })
  })
})

describe('behind compress(), for a client that takes gzip', () => {
  it.each(ways)('text is the same when it is unpacked, $way', async ({ way, through }) => {
    const app = new Hono().use(compress()).route('/files', streamRoutes(fileSource(folder.path)))
    await through(app, async (ask) => {
      const response = await ask('/files/notes.txt', { 'Accept-Encoding': 'gzip' })
      const packed = response.headers.get('content-encoding') === 'gzip'
      // `fetch` unpacks by itself; the app alone does not.
      const body =
        way === 'from the app' && packed
          ? response.body?.pipeThrough(new DecompressionStream('gzip'))
          : response.body
      expect(await new Response(body).text()).toBe(text)
      const film = await ask('/files/film.mp4', { 'Accept-Encoding': 'gzip', Range: 'bytes=5000-9999' })
      expect(film.headers.get('content-encoding')).toBeNull()
      await expectBytes(film, 206, bytes.subarray(5000, 10_000))
    })
  })
})

it('closes the file whose body a middleware put aside', async () => {
  using own = makeFolder()
  own.put('large.mp4', large)
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    context.res = undefined
    context.res = new Response('something else')
  })
  app.route('/', streamRoutes(fileSource(own.path)))
  await using server = await startApp(app)
  for (let round = 0; round < 3; round++) {
    const response = await fetch(`http://127.0.0.1:${server.port}/large.mp4`)
    expect(await response.text()).toBe('something else')
  }
  await expectNothingOpen(process.pid, own.path)
})

async function startApp(app: Hono) {
  const server = await serve({ fetch: app.fetch, port: 0 })
  return { port: server.port, [Symbol.asyncDispose]: () => server.stop(0) }
}
