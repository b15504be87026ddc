import { blobSource, signUrl, streamHandler, type TransferListener } from '@rangekit/range-handler'
import { Hono, type MiddlewareHandler } from 'hono'
import { describe, expect, it } from 'vitest'
import { createApp } from './app.ts'
import { type StreamRouteOptions, streamRoutes } from './stream-routes.ts'

const files: Readonly<Record<string, string>> = {
  'film.mp4': 'video/mp4',
  'page.html': 'text/html; charset=utf-8',
  'drawing.svg': 'image/svg+xml',
  'data.xml': 'application/xml',
  'code.js': 'text/javascript; charset=utf-8',
}
const source = blobSource((key) => {
  const contentType = files[key]
  return contentType === undefined ? undefined : { data: new TextEncoder().encode('0123456789'), contentType }
})
const secret = 'known to two'
const appWith = (options: StreamRouteOptions = {}) => createApp({ source, ...options })
const get = (options: StreamRouteOptions, path: string, init?: RequestInit) =>
  appWith(options).request(`http://localhost${path}`, init)

describe('a route with signed links', () => {
  const signed = { secrets: [secret] }
  const link = () => signUrl('/api/stream/film.mp4', { secret, expiresIn: 60 })

  it('serves a signed link, ranges included, with Cache-Control: private, no-transform', async () => {
    const response = await get({ signed }, await link(), { headers: { Range: 'bytes=2-4' } })
    expect([response.status, await response.text()]).toEqual([206, '234'])
    expect(response.headers.get('cache-control')).toBe('private, no-transform')
  })

  it('keeps a configured Cache-Control', async () => {
    const response = await get({ signed, cacheControl: 'no-cache' }, await link())
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
  })

  it.each(['/api/stream/film.mp4', '/api/stream/missing.mp4', '/api/stream/film.mp4?expires=1&signature=x'])(
    'answers %s with the same 403',
    async (path) => {
      const response = await get({ signed }, path)
      expect([response.status, await response.text()]).toEqual([403, '{"detail":"Forbidden"}'])
      expect(response.headers.get('cache-control')).toBe('no-store')
    },
  )

  it('reports a refused link as a transfer of the file, and a served one once', async () => {
    const transfers: unknown[] = []
    const onTransfer: TransferListener = () => (ended) => {
      transfers.push([ended.status, ended.key, ended.bytesSent, ended.outcome?.kind])
    }
    for (const path of ['/api/stream/film.mp4', await link()]) {
      await (await get({ signed, onTransfer }, path)).text()
    }
    expect(transfers).toEqual([
      [403, 'film.mp4', 0, 'complete'],
      [200, 'film.mp4', 10, 'complete'],
    ])
  })

  it('sends Referrer-Policy: no-referrer with every status', async () => {
    const etag = { 'If-None-Match': '*' }
    const missing = await signUrl('/api/stream/missing.mp4', { secret, expiresIn: 60 })
    const cases: readonly [number, string, RequestInit?][] = [
      [200, await link()],
      [206, await link(), { headers: { Range: 'bytes=0-1' } }],
      [304, await link(), { headers: etag }],
      [416, await link(), { headers: { Range: 'bytes=99-' } }],
      [404, missing],
      [403, '/api/stream/film.mp4'],
    ]
    for (const [status, url, init] of cases) {
      const response = await get({ signed }, url, init)
      expect([response.status, response.headers.get('referrer-policy')]).toEqual([status, 'no-referrer'])
    }
    const open = await get({}, '/api/stream/film.mp4')
    expect(open.headers.has('referrer-policy')).toBe(false)
  })

  it('covers the rest of the query by the signature', async () => {
    const url = await signUrl('/api/stream/film.mp4?download', { secret, expiresIn: 60 })
    const response = await get({ signed }, url)
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=film.mp4')
    expect((await get({ signed }, (await link()).replace('?', '?download&'))).status).toBe(403)
  })
})

describe('a route with a signed folder', () => {
  const signed = { secrets: [secret] }
  const sign = (path: string) => signUrl(path, { secret, expiresIn: 60, scope: 'prefix' })
  const keys = blobSource((key) => ({ data: new Blob([key]) }))
  const served = async (app: Hono, path: string) => {
    const response = await app.request(`http://localhost${path}`)
    return response.status === 200 ? response.text() : response.status
  }

  it('serves what is below it, wherever the routes are mounted', async () => {
    const routes = () => streamRoutes(keys, { signed })
    const app = new Hono().route('/api/stream', routes()).route('/files/:user', routes()).route('/', routes())
    expect(await served(app, `${await sign('/api/stream/film/')}720p/se%C3%B1as.ts`)).toBe(
      'film/720p/señas.ts',
    )
    expect(await served(app, `${await sign('/api/stream/')}film/1.ts?a=b`)).toBe('film/1.ts')
    expect(await served(app, `${await sign('/files/me/film/')}1.ts`)).toBe('film/1.ts')
    expect(await served(app, `${await sign('/')}film/1.ts`)).toBe('film/1.ts')
  })

  it('serves nothing outside', async () => {
    const app = new Hono().route('/api/stream', streamRoutes(keys, { signed }))
    const link = await sign('/api/stream/film/')
    for (const path of [
      '/api/stream/film/1.ts',
      `${link.replace('film', 'other')}1.ts`,
      `${link}..%2Fother.ts`,
      `${link}../other.ts`,
      `${link}a/../../../other.ts`,
    ]) {
      expect(await served(app, path), path).toBe(403)
    }
    expect(await served(app, link)).toBe(404)
  })

  it('is not matched by a guard on a path below it, and authorize is asked for the key', async () => {
    const link = `${await sign('/api/stream/')}private/film.mp4`
    const forbid: MiddlewareHandler = async ({ text }) => text('guarded', 403)
    const guarded = new Hono()
      .use('/api/stream/private/*', forbid)
      .route('/api/stream', streamRoutes(keys, { signed }))
    expect(await served(guarded, link)).toBe('private/film.mp4')
    const authorize = (_: Request, key: string) => !key.startsWith('private/')
    const asked = new Hono().route('/api/stream', streamRoutes(keys, { signed, authorize }))
    expect(await served(asked, link)).toBe(403)
  })
})

describe('signed links without a secret', () => {
  it.each([
    ['an empty list', { secrets: [] }],
    ['an empty secret', { secrets: [''] }],
    ['an empty secret after another', { secrets: [secret, ''] }],
    ['a variable that is not set', { secrets: [undefined as unknown as string] }],
    ['a string instead of a list', { secrets: secret as unknown as string[] }],
    ['a tolerance that is not a number', { secrets: [secret], clockTolerance: Number.NaN }],
  ])('are refused when they are configured: %s', (_, signed) => {
    expect(() => streamRoutes(source, { signed })).toThrow(TypeError)
    expect(() => streamHandler(source, { signed })).toThrow(TypeError)
    expect(() => createApp({ source, signed })).toThrow(TypeError)
  })
})

describe('what a browser would run', () => {
  it.each(['page.html', 'drawing.svg', 'data.xml', 'code.js'])('is sandboxed: %s', async (name) => {
    const response = await get({}, `/api/stream/${name}`)
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox;/)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('is not sandboxed if the option is false', async () => {
    expect(
      (await get({ sandbox: false }, '/api/stream/page.html')).headers.has('content-security-policy'),
    ).toBe(false)
  })

  it('does not include a film', async () => {
    expect((await get({}, '/api/stream/film.mp4')).headers.has('content-security-policy')).toBe(false)
  })
})

describe('CORS', () => {
  const origin = 'https://player.example'

  it('is off by default', async () => {
    const response = await get({}, '/api/stream/film.mp4', { headers: { Origin: origin } })
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('lets a page read the fields of a range', async () => {
    const response = await get({ cors: origin }, '/api/stream/film.mp4', {
      headers: { Origin: origin, Range: 'bytes=0-0' },
    })
    expect(response.status).toBe(206)
    expect(response.headers.get('access-control-allow-origin')).toBe(origin)
    expect(response.headers.get('access-control-expose-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['Content-Range', 'Accept-Ranges', 'Content-Length', 'ETag', 'Last-Modified']),
    )
  })

  it('lets a page send conditional range requests, and cache that permission', async () => {
    const response = await get({ cors: '*' }, '/api/stream/film.mp4', {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'range',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['Range', 'If-Range', 'If-None-Match']),
    )
    // Google Cast requests these two along with Range.
    expect(response.headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['Accept-Encoding', 'Content-Type']),
    )
    expect(response.headers.get('access-control-max-age')).toBe('86400')
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('allows nothing to the pages of another origin', async () => {
    const response = await get({ cors: [origin] }, '/api/stream/film.mp4', {
      headers: { Origin: 'https://a.example' },
    })
    expect(response.headers.get('access-control-allow-origin')).not.toBe('https://a.example')
  })
})

it('reports on /readyz whether it accepts new work', async () => {
  let ready = true
  const app = createApp({ source, isReady: () => ready })
  expect((await app.request('/readyz')).status).toBe(200)
  ready = false
  expect((await app.request('/readyz')).status).toBe(503)
})

it('reports on /healthz that it is alive, also while it accepts no new work', async () => {
  const app = createApp({ source, isReady: () => false })
  const response = await app.request('/healthz')
  expect([response.status, await response.text()]).toEqual([200, '{"detail":"Alive"}'])
  expect(response.headers.get('cache-control')).toBe('no-store')
})

it.each(['/healthz', '/readyz'])('answers HEAD %s as GET, without the body', async (path) => {
  const app = createApp({ source })
  const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => app.request(path, { method })))
  expect([head?.status, await head?.text()]).toEqual([200, ''])
  expect(head?.headers.get('content-type')).toBe(get?.headers.get('content-type'))
})

describe.each(['/healthz', '/readyz'])('%s says which methods it has', (path) => {
  const ask = async (method: string) => {
    const { status, headers } = await createApp({ source, isReady: () => false }).request(path, { method })
    return [status, headers.get('allow')]
  }

  it('to OPTIONS', async () => {
    expect(await ask('OPTIONS')).toEqual([204, 'GET, HEAD, OPTIONS'])
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PURGE'])('in a 405 to %s', async (method) => {
    expect(await ask(method)).toEqual([405, 'GET, HEAD, OPTIONS'])
  })
})

it('answers 404 in JSON if there is no key and the routes are the app', async () => {
  const response = await streamRoutes(source, { notFound: 'Nothing here' }).request('/')
  expect([response.status, await response.text()]).toEqual([404, '{"detail":"Nothing here"}'])
})
