import { blobSource, keyFromPath, normalizeRequest, pathOf } from '@rangekit/range-handler'
import fc from 'fast-check'
import { Hono, type MiddlewareHandler } from 'hono'
import { LinearRouter } from 'hono/router/linear-router'
import { PatternRouter } from 'hono/router/pattern-router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { TrieRouter } from 'hono/router/trie-router'
import { describe, expect, it } from 'vitest'
import { streamRoutes } from './stream-routes.ts'

// Serves, under every key, the key itself.
const echo = blobSource((key) => ({ data: new TextEncoder().encode(key) }))
const routes = () => streamRoutes(echo)

async function keyServed(app: Hono, url: string, headers: Record<string, string> = {}) {
  const response = await app.request(url, { headers })
  return response.status === 200 ? await response.text() : response.status
}

const hostInFront = (request: Request) => `/${request.headers.get('host') ?? 'none'}${pathOf(request.url)}`

describe('the key of a request', () => {
  const places: readonly [name: string, base: string, app: () => Hono][] = [
    ['as the whole app', '', routes],
    ['at the root', '', () => new Hono().route('/', routes())],
    ['at one segment', '/files', () => new Hono().route('/files', routes())],
    ['at three', '/a/b/c', () => new Hono().route('/a/b/c', routes())],
    ['with a slash at the end', '/files', () => new Hono().route('/files/', routes())],
    ['at an encoded segment', '/se%C3%B1as', () => new Hono().route('/señas', routes())],
    ['below a base path', '/v1/media', () => new Hono().basePath('/v1').route('/media', routes())],
    ['with a parameter', '/users/42/files', () => new Hono().route('/users/:user/files', routes())],
    ['with a parameter named key', '/users/42/files', () => new Hono().route('/users/:key/files', routes())],
    [
      'with a pattern over several segments',
      '/in/a/b/files',
      () => new Hono().route('/in/:where{.+}/files', routes()),
    ],
    ['with a wildcard', '/any/thing/files', () => new Hono().route('/any/*/files', routes())],
    [
      'in a nested app',
      '/outer/inner',
      () => new Hono().route('/outer', new Hono().route('/inner', routes())),
    ],
    [
      'in a nested app, each with a parameter',
      '/o/1/i/2',
      () => new Hono().route('/o/:a', new Hono().route('/i/:b', routes())),
    ],
    ['as a mounted app', '/other', () => new Hono().mount('/other', routes().fetch)],
    ['next to other routes under the same path', '/files', () => nextToOthers()],
    [
      'behind middleware',
      '/files',
      () => new Hono().use(async (_, next) => next()).route('/files', routes()),
    ],
  ]
  function nextToOthers(): Hono {
    return new Hono()
      .use('/files/private/*', ({ text }) => Promise.resolve(text('no', 403)))
      .get('/files/own', ({ text }) => text('own'))
      .route('/files', routes())
  }

  it.each(places)('is what follows the mount path: %s', async (_, base, app) => {
    for (const [path, key] of [
      ['/film.mp4', 'film.mp4'],
      ['/a/b/film.mp4?x=/y', 'a/b/film.mp4'],
      ['/My%20film%20%C3%B1.mp4', 'My film ñ.mp4'],
      ['/100%25.mp4', '100%.mp4'],
      ['/%2541%2525', '%41%25'],
      ['/a%3Fb%23c%26d%3B.mp4', 'a?b#c&d;.mp4'],
      ['/line%E2%80%A8separator.mp4', 'line\u2028separator.mp4'],
      ["/a:b@c!$&'()*+,;=~", "a:b@c!$&'()*+,;=~"],
    ] as const) {
      expect(await keyServed(app(), `http://localhost${base}${path}`), path).toBe(key)
    }
    for (const path of ['', '/', '//film.mp4', '/a//b', '/a/', '/a%2Fb', '/100%.mp4', '/%FF']) {
      expect(await keyServed(app(), `http://localhost${base}${path}`), path).toBe(404)
    }
  })

  it('may not have needless percent-encoding, which a server must normalise first', async () => {
    const app = new Hono().route('/files', routes())
    expect(await keyServed(app, 'http://localhost/files/%66ilm.mp4')).toBe(404)
    const normal = normalizeRequest(new Request('http://localhost/%66iles/%66ilm.mp4'))
    expect(await keyServed(app, normal?.url ?? '')).toBe('film.mp4')
  })

  it('may follow a host that getPath puts in front', async () => {
    const app = new Hono({ getPath: hostInFront })
      .route('/media.example', routes())
      .route('/www.example/files', routes())
      .route('/:host/any', routes())
    const ask = (host: string, path: string) => keyServed(app, `http://localhost${path}`, { host })
    expect(await ask('media.example', '/a/film.mp4')).toBe('a/film.mp4')
    expect(await ask('www.example', '/files/a/film.mp4')).toBe('a/film.mp4')
    expect(await ask('other.example', '/any/100%25.mp4')).toBe('100%.mp4')
    expect(await ask('other.example', '/film.mp4')).toBe(404)
    expect(await ask('media.example', '//film.mp4')).toBe(404)
  })

  it('is never taken from anything but the path of the URL', async () => {
    const app = new Hono({ getPath: hostInFront }).route('/', routes())
    expect(await keyServed(app, 'http://localhost/film.mp4', { host: 'secret' })).toBe(404)
  })

  const routers: readonly [name: string, app: () => Hono][] = [
    ['its own choice', () => new Hono()],
    ['RegExpRouter', () => new Hono({ router: new RegExpRouter() })],
    ['TrieRouter', () => new Hono({ router: new TrieRouter() })],
    ['LinearRouter', () => new Hono({ router: new LinearRouter() })],
    ['PatternRouter', () => new Hono({ router: new PatternRouter() })],
  ]
  const piece = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom('/', '/', 'a', '.', '%2e', '%2F', '%5c', '%', '%25', '%2525', '%C3'),
    },
    { weight: 2, arbitrary: fc.nat({ max: 255 }).map((code) => `%${code.toString(16).padStart(2, '0')}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('%41', '%2541', '%C3%B1', '%c3%b1', '%26', '&', ';', '%3F', '%E2%80%A9'),
    },
  )
  const tail = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''))

  it.each(routers)('is the end of the path, decoded once, with each router: %s', async (_, make) => {
    const app = make().route('/files/:user', routes())
    await fc.assert(
      fc.asyncProperty(tail, async (text) => {
        const url = new Request(`http://localhost/files/me/${text}`).url
        const path = pathOf(url)
        // The URL parser may have resolved dot segments; only the result counts.
        const expected = path.startsWith('/files/me/') ? (keyFromPath(path, '/files/me') ?? 404) : undefined
        if (expected !== undefined) expect(await keyServed(app, url)).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a guard in front', () => {
  const guarded = ['private', 'señas', 'R&D', 'a+b'] as const
  const guard: MiddlewareHandler = ({ text }) => Promise.resolve(text('guarded', 403))
  const paths: readonly [name: string, getPath: ((request: Request) => string) | undefined][] = [
    ['the getPath of Hono', undefined],
    ['one that adds the host', hostInFront],
    ['one that merges slashes', (request) => pathOf(request.url).replace(/\/+/g, '/')],
    ['one that decodes', (request) => lenient(pathOf(request.url))],
    ['one that decodes twice', (request) => lenient(lenient(pathOf(request.url)))],
    ['one that drops a segment', (request) => pathOf(request.url).replace(/^\/[^/]*(?=\/api)/, '')],
    ['one that ignores case', (request) => pathOf(request.url).toLowerCase()],
  ]
  function lenient(path: string): string {
    try {
      return decodeURIComponent(path)
    } catch {
      return path
    }
  }

  const letters = (word: string) =>
    fc
      .tuple(...[...word].map((letter) => fc.constantFrom(...spellings(letter))))
      .map((spelled) => spelled.join(''))
  function spellings(letter: string): string[] {
    const encoded = [...new TextEncoder().encode(letter)].map((byte) => `%${byte.toString(16)}`).join('')
    const twice = encoded.replaceAll('%', '%25')
    return [letter, letter, letter, encoded, encoded.toUpperCase(), twice, letter.toUpperCase()]
  }
  const joint = fc.constantFrom(
    '/',
    '/',
    '/',
    '//',
    '/./',
    '/x/../',
    '%2f',
    '%2F',
    '%252f',
    '\\',
    '%5c',
    ';/',
  )
  const target = fc
    .tuple(
      fc.constantFrom('', '', '/', '/x', '/./', '/%2e'),
      fc.constantFrom(
        '/api/stream',
        '/api/stream',
        '//api/stream',
        '/api//stream',
        '/%61pi/stream',
        '/API/stream',
      ),
      joint,
      fc.constantFrom(...guarded).chain(letters),
      joint,
    )
    .map((parts) => `${parts.join('')}film.mp4`)

  const appOf = (getPath: ((request: Request) => string) | undefined) => {
    const app = new Hono(getPath === undefined ? {} : { getPath })
    for (const base of ['/api/stream', '/localhost/api/stream']) {
      // With a getPath that does not decode, a guard sees the normal form, where a reserved character may be encoded.
      const names = guarded
        .flatMap((name) => [name, encodeURI(name), encodeURIComponent(name)])
        .flatMap((name) => [name, name.toLowerCase()])
      for (const name of names) app.use(`${base}/${name}/*`, guard)
      app.route(base, routes())
    }
    return app
  }

  it.each(paths)('is not bypassed by any spelling, with %s', async (_, getPath) => {
    const app = appOf(getPath)
    const statuses = new Set<unknown>()
    await fc.assert(
      fc.asyncProperty(target, async (path) => {
        const normal = normalizeRequest(
          new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }),
        )
        if (normal === undefined) return
        const response = await app.fetch(normal)
        statuses.add(response.status)
        if (response.status !== 200) return
        const [folder = ''] = (await response.text()).split('/')
        expect(guarded).not.toContain(folder)
      }),
      { numRuns: 3000 },
    )
    expect([...statuses].sort()).toEqual([200, 403, 404])
  })

  it.each(paths)('is not bypassed on a server that does not normalise, with %s', async (_, getPath) => {
    const app = appOf(getPath)
    // There, a guard must name all spellings of characters that are not unreserved.
    const safe = getPath === undefined ? ['private', 'señas'] : ['private']
    await fc.assert(
      fc.asyncProperty(target, async (path) => {
        const response = await app.fetch(
          new Request(`http://localhost${path}`, { headers: { host: 'localhost' } }),
        )
        if (response.status !== 200) return
        const [folder = ''] = (await response.text()).split('/')
        expect(safe).not.toContain(folder)
      }),
      { numRuns: 3000 },
    )
  })

  it('must name percent signs, question marks and number signs encoded', async () => {
    const app = new Hono()
      .use('/100%/*', guard)
      .use('/a%3Fb/*', guard)
      .use('/c%23/*', guard)
      .route('/', routes())
    expect(await keyServed(app, 'http://localhost/100%25/film.mp4')).toBe('100%/film.mp4')
    for (const name of ['a%3Fb', 'a%3fb', 'c%23']) {
      const normal = normalizeRequest(new Request(`http://localhost/${name}/film.mp4`))
      expect(await keyServed(app, normal?.url ?? '')).toBe(403)
    }
    const other = new Hono().use('/100%25/*', guard).route('/', routes())
    expect(await keyServed(other, 'http://localhost/100%25/film.mp4')).toBe(403)
  })

  it('must name both spellings of a reserved character', async () => {
    const request = new Request('http://localhost/R%26D/film.mp4')
    const statusBehind = async (...folders: string[]) => {
      const app = new Hono()
      for (const folder of folders) app.use(`/${folder}/*`, guard)
      return (await app.route('/', routes()).fetch(normalizeRequest(request) ?? request)).status
    }
    expect(await statusBehind('R&D')).toBe(200)
    expect(await statusBehind('R&D', 'R%26D')).toBe(403)
  })
})
