import type { RangeSource } from '@rangekit/range-core'
import { describe, expect, it, vi } from 'vitest'
import { blobSource } from '../blob-source.ts'
import { setMountPath } from '../target/mount-path.ts'
import { type StreamOptions, streamHandler } from './stream-handler.ts'

const entry = { data: new Blob(['0123456789']), contentType: 'video/mp4' }
const films = blobSource((key) => (key === 'a/film.mp4' ? entry : undefined))
const ask = async (options: StreamOptions, path: string, init?: RequestInit) =>
  streamHandler(films, options)(new Request(`http://localhost${path}`, init))

describe('the key', () => {
  it.each<[string, StreamOptions, string, number]>([
    ['is the whole path by default', {}, '/a/film.mp4', 200],
    ['is what is below the prefix', { prefix: '/api/stream' }, '/api/stream/a/film.mp4', 200],
    [
      'is what is below a prefix with a slash at its end',
      { prefix: '/api/stream/' },
      '/api/stream/a/film.mp4',
      200,
    ],
    ['is nothing outside the prefix', { prefix: '/api/stream' }, '/a/film.mp4', 404],
    ['is what a function says', { key: () => 'a/film.mp4' }, '/anything', 200],
    ['is nothing if the function says so', { key: () => undefined }, '/a/film.mp4', 404],
    ['is what a function says, whatever the prefix', { key: () => 'a/film.mp4', prefix: '/x' }, '/y', 200],
  ])('%s', async (_, options, path, status) => {
    expect((await ask(options, path)).status).toBe(status)
  })

  it('is what is below the mount path, unless there is a prefix', async () => {
    const mounted = (url: string, options?: StreamOptions) => {
      const request = new Request(`http://localhost${url}`)
      setMountPath(request, '/mounted')
      return streamHandler(films, options)(request)
    }
    expect((await mounted('/mounted/a/film.mp4')).status).toBe(200)
    expect((await mounted('/mounted/a/film.mp4', { prefix: '/mounted/a' })).status).toBe(404)
    expect((await mounted('/mounted/b/a/film.mp4', { prefix: '/mounted/b' })).status).toBe(200)
  })

  it.each(['', 'api', 'api/stream', '/a//b', '/a/../b', '/%61', '/a?b', '/a#b', '/a b', '/%c3%a9'])(
    'cannot be below %j, which no path in normal form begins with',
    (prefix) => {
      expect(() => streamHandler(films, { prefix })).toThrow(TypeError)
    },
  )

  it.each(['/', '/a', '/a/', '/caf%C3%A9', '/a/:b'])('can be below %j', (prefix) => {
    expect(streamHandler(films, { prefix })).toBeInstanceOf(Function)
  })
})

describe('authorize', () => {
  const open = vi.fn<RangeSource['open']>((key) => films.open(key))
  const guarded = (authorize: NonNullable<StreamOptions['authorize']>, options: StreamOptions = {}) => {
    open.mockClear()
    return streamHandler({ open }, { ...options, authorize })
  }
  const request = (init?: RequestInit) => new Request('http://localhost/a/film.mp4', init)

  it.each<[string, NonNullable<StreamOptions['authorize']>, number]>([
    ['true', () => true, 200],
    ['a promise of true', async () => true, 200],
    ['false', () => false, 403],
    ['a promise of false', async () => false, 403],
    ['a response', () => new Response('Pay first', { status: 402 }), 402],
    ['a promise of a response', async () => Response.redirect('http://localhost/login', 302), 302],
  ])('%s', async (_, authorize, status) => {
    const response = await guarded(authorize)(request())
    expect(response.status).toBe(status)
    expect(open).toHaveBeenCalledTimes(status === 200 ? 1 : 0)
  })

  it('that forgets to answer allows nothing', async () => {
    const forgetful = (() => undefined) as unknown as () => boolean
    expect((await guarded(forgetful)(request())).status).toBe(403)
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('The database is down')
      },
    ],
    ['rejects', () => Promise.reject(new Error('The database is down'))],
  ])('that %s is a fault, and allows nothing', async (_, authorize) => {
    const onError = vi.fn()
    const response = await guarded(authorize, { onError })(request())
    expect([response.status, await response.text()]).toEqual([500, '{"detail":"Internal error"}'])
    expect(onError).toHaveBeenCalledOnce()
    expect(open).not.toHaveBeenCalled()
  })

  it('sees the request and the key', async () => {
    const authorize = vi.fn(() => true)
    const asked = request({ headers: { Authorization: 'Bearer a' } })
    await guarded(authorize)(asked)
    expect(authorize).toHaveBeenCalledExactlyOnceWith(asked, 'a/film.mp4')
  })

  it('is not asked about OPTIONS, nor about what is no key', async () => {
    const authorize = vi.fn(() => false)
    const handler = guarded(authorize)
    expect((await handler(request({ method: 'OPTIONS' }))).status).toBe(204)
    expect((await handler(new Request('http://localhost/a//film.mp4'))).status).toBe(404)
    expect(authorize).not.toHaveBeenCalled()
  })

  it('keeps what it refuses out of caches, and what it allows out of shared ones', async () => {
    const refused = await guarded(() => false)(request())
    expect(refused.headers.get('cache-control')).toBe('no-store')
    const allowed = await guarded(() => true)(request())
    expect(allowed.headers.get('cache-control')).toBe('private, no-transform')
  })

  it('is reported as a transfer when it refuses', async () => {
    const statuses: unknown[] = []
    const onTransfer: StreamOptions['onTransfer'] = ({ status, key }) => void statuses.push([status, key])
    await guarded(() => false, { onTransfer })(request())
    expect(statuses).toEqual([[403, 'a/film.mp4']])
  })
})

describe('Cache-Control', () => {
  it.each<[string, StreamOptions, string]>([
    ['is no-transform by default', {}, 'no-transform'],
    ['is added to', { cacheControl: 'public, max-age=60' }, 'public, max-age=60, no-transform'],
    ['is not added to twice', { cacheControl: 'No-Transform, max-age=60' }, 'No-Transform, max-age=60'],
    [
      'can be a function of the key',
      { cacheControl: (key) => `max-age=${key.length}` },
      'max-age=10, no-transform',
    ],
    [
      'can be a function of what was found',
      { cacheControl: (_, { completeLength }) => `max-age=${completeLength}` },
      'max-age=10, no-transform',
    ],
    ['is the default if the function has none', { cacheControl: () => undefined }, 'no-transform'],
  ])('%s', async (_, options, expected) => {
    for (const headers of [{}, { Range: 'bytes=0-1' }, { 'If-None-Match': '*' }]) {
      const response = await ask(options, '/a/film.mp4', { headers })
      expect(response.headers.get('cache-control')).toBe(expected)
    }
  })

  it('may be left out', async () => {
    const response = await ask({ noTransform: false }, '/a/film.mp4')
    expect(response.headers.has('cache-control')).toBe(false)
  })

  it('of a source that says no-store is kept', async () => {
    const unstable: RangeSource = {
      async open(key) {
        const found = await films.open(key)
        return found && { ...found, cacheControl: 'no-store', read: (range) => found.read(range), close() {} }
      },
    }
    const handler = streamHandler(unstable, { cacheControl: 'public' })
    const response = await handler(new Request('http://localhost/a/film.mp4'))
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
  })
})

describe('CORS', () => {
  const origin = 'https://player.example'
  const cors = async (origins: string | readonly string[], init: RequestInit = {}) => {
    const headers = { Origin: origin, ...init.headers }
    return (await ask({ cors: origins }, '/a/film.mp4', { ...init, headers })).headers
  }

  it('is off by default', async () => {
    const { headers } = await ask({}, '/a/film.mp4', { headers: { Origin: origin } })
    expect(headers.has('access-control-allow-origin')).toBe(false)
  })

  it.each<[string, string | readonly string[], string | null, string | null]>([
    ['an origin', origin, origin, 'Origin'],
    ['one of several', ['https://a.example', origin], origin, 'Origin'],
    ['all', '*', '*', null],
    ['all, in a list', ['*'], '*', null],
    ['another one', 'https://a.example', null, 'Origin'],
    ['part of it', 'https://player', null, 'Origin'],
    ['none', [], null, 'Origin'],
  ])('for %s', async (_, origins, allowed, vary) => {
    const headers = await cors(origins)
    expect(headers.get('access-control-allow-origin')).toBe(allowed)
    expect(headers.get('vary')).toBe(vary)
    expect(headers.get('access-control-expose-headers')?.includes('Content-Range') ?? false).toBe(
      allowed !== null,
    )
  })

  it('allows range requests in a preflight', async () => {
    const headers = await cors(origin, { method: 'OPTIONS' })
    expect(headers.get('access-control-allow-headers')?.split(', ')).toEqual(
      expect.arrayContaining(['Range', 'If-Range', 'Accept-Encoding']),
    )
    expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, OPTIONS')
    expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('reaches responses whose fields cannot be changed', async () => {
    const authorize = () => Response.redirect('http://localhost/login', 302)
    const { status, headers } = await ask({ cors: origin, authorize }, '/a/film.mp4', {
      headers: { Origin: origin },
    })
    expect([status, headers.get('access-control-allow-origin')]).toEqual([302, origin])
    expect(headers.get('location')).toBe('http://localhost/login')
  })
})

it('further fields are added, and replace those of the handler', async () => {
  const fields = () => ({ 'X-Title': 'Film', 'content-disposition': 'inline' })
  const { headers } = await ask({ fields, download: true }, '/a/film.mp4')
  expect([headers.get('x-title'), headers.get('content-disposition')]).toEqual(['Film', 'inline'])
})

describe('a download', () => {
  const nameOf = async (options: StreamOptions, path: string) =>
    (await ask(options, path)).headers.get('content-disposition')

  it.each<[string, StreamOptions['download'], string, string | null]>([
    ['is not offered by default', undefined, '', null],
    ['is offered if a request asks for it', undefined, '?download', 'attachment; filename="film.mp4"'],
    ['is offered always', true, '', 'attachment; filename="film.mp4"'],
    ['has another name', (key) => `${key.length}.mp4`, '?download', 'attachment; filename="10.mp4"'],
    [
      'has its own name if there is no other',
      () => undefined,
      '?download',
      'attachment; filename="film.mp4"',
    ],
    ['with another name is not offered unasked', () => 'b.mp4', '', null],
  ])('%s', async (_, download, query, expected) => {
    const found = await nameOf({ download }, `/a/film.mp4${query}`)
    expect(found?.replace(/filename=([^"]+)$/, 'filename="$1"') ?? null).toBe(expected)
  })
})
