import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { logger } from 'hono/logger'
import { secureHeaders } from 'hono/secure-headers'
import { timing } from 'hono/timing'
import { describe, expect, it } from 'vitest'
import { streamHandler, streamRoutes } from '../src/index.ts'

// One file for a single read, and one for several.
const bytes = positionBytes(20_000)
const large = positionBytes(3_000_001)
const text = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`).join('')

const folder = sharedFolder(({ put }) => {
  put('film.mp4', bytes)
  put('large.mp4', large)
  put('sub/film.mp4', bytes)
  put('notes.txt', text)
})

type Ask = (path: string, headers?: Record<string, string>) => Promise<Response>

/** The two ways to send requests: to the app itself, and over the wire through `serve`. */
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
      await using server = await startApp(app)
      await test((path, headers = {}) =>
        fetch(`http://127.0.0.1:${server.port}${path}`, {
          headers: { 'Accept-Encoding': 'identity', ...headers },
        }),
      )
    },
  },
] as const

async function expectBytes(response: Response, status: number, expected: Uint8Array): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer())
  expect([response.status, body.byteLength]).toEqual([status, expected.byteLength])
  expect(sameBytes(body, expected)).toBe(true)
}

/** Expects whole files, small, large and several ranges, and a 404 for other paths. */
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
    ['at two segments', '/api/stream', () => new Hono().route('/api/stream', streamRoutes(source()))],
    ['with a trailing slash', '/files', () => new Hono().route('/files/', streamRoutes(source()))],
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
    ['as the app', '', () => streamRoutes(source())],
    [
      'as a handler',
      '/x/y',
      () => new Hono().all('/x/y/*', ({ req }) => streamHandler(source(), { prefix: '/x/y' })(req.raw)),
    ],
    ['as another app', '/other', () => new Hono().mount('/other', streamHandler(source()))],
  ]

  it.each(places)('serves when mounted %s', (_, base, mount) =>
    through(mount(), (ask) => expectServed(ask, base)),
  )

  it('serves when mounted at several places at once', async () => {
    const routes = streamRoutes(source())
    const app = new Hono().route('/one', routes).route('/a/longer/way', routes)
    await through(app, async (ask) => {
      await expectServed(ask, '/one')
      await expectServed(ask, '/a/longer/way')
      await expectServed(ask, '/one')
    })
  })

  it('leaves other paths to other routes', async () => {
    const app = new Hono()
      .get('/files/own', ({ text }) => text('own'))
      .route('/files', streamRoutes(source()))
      .get('/other', ({ text }) => text('other'))
    await through(app, async (ask) => {
      expect(await (await ask('/files/own')).text()).toBe('own')
      expect(await (await ask('/other')).text()).toBe('other')
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
      'one that makes a new Response from the body',
      async (context, next) => {
        await next()
        context.res = new Response(context.res.body, context.res)
      },
    ],
    [
      'one that pipes the body through a stream',
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

  it('gives the whole body to a middleware that clones it, and to the client', async () => {
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

  it('gives the whole body to a middleware that reads its clone after the response was sent', async () => {
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

  it('keeps the fields that a middleware sets, removes and adds', async () => {
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

  it('sends the response that a middleware put in its place', async () => {
    const app = new Hono()
      .use(async (context, next) => {
        await next()
        // Without this, Hono keeps the fields of the old response, including Content-Length.
        context.res = undefined
        context.res = new Response('something else', { status: 203 })
      })
      .route('/files', streamRoutes(source()))
    await through(app, async (ask) => {
      const response = await ask('/files/large.mp4')
      expect([response.status, await response.text()]).toEqual([203, 'something else'])
    })
  })

  it('keeps its own ETag for ranges and a 304 behind etag()', async () => {
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

describe('behind compress(), for a client that accepts gzip', () => {
  it.each(ways)('text is the same after decompression, $way', async ({ way, through }) => {
    const app = new Hono().use(compress()).route('/files', streamRoutes(fileSource(folder.path)))
    await through(app, async (ask) => {
      const response = await ask('/files/notes.txt', { 'Accept-Encoding': 'gzip' })
      const compressed = response.headers.get('content-encoding') === 'gzip'
      // `fetch` decompresses; the app alone does not.
      const body =
        way === 'from the app' && compressed
          ? response.body?.pipeThrough(new DecompressionStream('gzip'))
          : response.body
      expect(await new Response(body).text()).toBe(text)
      const film = await ask('/files/film.mp4', { 'Accept-Encoding': 'gzip', Range: 'bytes=5000-9999' })
      expect(film.headers.get('content-encoding')).toBeNull()
      await expectBytes(film, 206, bytes.subarray(5000, 10_000))
    })
  })
})

it('closes a file whose body a middleware drops', async () => {
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
