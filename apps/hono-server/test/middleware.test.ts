// The claims of docs/middleware.md about Hono's middleware.
import { setTimeout as sleep } from 'node:timers/promises'
import type { RangeSource } from '@rangekit/range-core'
import { serve } from '@rangekit/server'
import { Hono, type MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { cache } from 'hono/cache'
import { compress } from 'hono/compress'
import { cors } from 'hono/cors'
import { etag } from 'hono/etag'
import { secureHeaders } from 'hono/secure-headers'
import { timeout } from 'hono/timeout'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { mediaCors, type StreamRouteOptions, signUrl, streamRoutes } from '../src/index.ts'

const text = Array.from({ length: 2000 }, (_, line) => `line ${line}\n`).join('')
const digest = 'AAAA'

interface SourceOptions {
  readonly etag?: string
  readonly contentType?: string
  /** Milliseconds to open it. Default: none. */
  readonly openTime?: number
  /** Milliseconds for each read. Default: none. */
  readonly readTime?: number
  /** Whether it has `readInto`, as files have. Default: false. */
  readonly withReadInto?: boolean
}

/** A source of `text` that counts opens, closes and bytes read. */
function countingSource({
  etag = 'v1',
  contentType = 'text/plain',
  openTime,
  readTime,
  withReadInto = false,
}: SourceOptions = {}) {
  const counts = { opened: 0, bytesRead: 0, closed: 0 }
  const source: RangeSource = {
    async open() {
      if (openTime !== undefined) await sleep(openTime)
      counts.opened++
      return {
        completeLength: text.length,
        contentType,
        etag: etag === '' ? undefined : { opaque: etag, weak: false },
        digests: { 'sha-256': digest },
        async read({ firstPos, lastPos }) {
          if (readTime !== undefined) await sleep(readTime)
          counts.bytesRead += lastPos - firstPos + 1
          return new TextEncoder().encode(text.slice(firstPos, lastPos + 1))
        },
        ...(withReadInto && {
          readInto: (target: Uint8Array, position: number) =>
            new TextEncoder().encodeInto(text.slice(position, position + target.length), target).written,
        }),
        close() {
          counts.closed++
        },
      }
    },
  }
  return { source, counts }
}

type Ask = (headers?: Record<string, string>, init?: RequestInit) => Promise<Response>

function behind(middleware: MiddlewareHandler, source: RangeSource, options?: StreamRouteOptions): Ask {
  const app = new Hono().use(middleware).route('/files', streamRoutes(source, options))
  return async (headers = {}, init = {}) => app.request('/files/notes.txt', { headers, ...init })
}

const GZIP = { 'Accept-Encoding': 'gzip' }

describe('compress()', () => {
  it.each([
    ['one range', 'bytes=0-9999'],
    ['several ranges', 'bytes=0-4999,10000-14999'],
  ])('leaves a 206 alone, whatever its type: %s', async (_, range) => {
    const ask = behind(compress({ contentTypeFilter: /./ }), countingSource().source, { noTransform: false })
    const part = await ask({ ...GZIP, Range: range })
    expect([part.status, part.headers.has('content-encoding')]).toEqual([206, false])
    expect(part.headers.has('content-length')).toBe(true)
  })

  it('compresses a whole text if it may, and weakens its tag, so that If-Range gets the whole text', async () => {
    const ask = behind(compress(), countingSource().source, { noTransform: false })
    const whole = await ask(GZIP)
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-encoding': 'gzip',
      etag: 'W/"v1"',
      vary: 'Accept-Encoding',
    })
    expect(whole.headers.has('content-length')).toBe(false)
    const tag = whole.headers.get('etag') ?? ''
    const resumed = await ask({ ...GZIP, Range: 'bytes=100-', 'If-Range': tag })
    expect(resumed.status).toBe(200)
    expect((await ask({ ...GZIP, 'If-None-Match': tag })).status).toBe(304)
  })

  it('leaves a film alone', async () => {
    const ask = behind(compress(), countingSource({ contentType: 'video/mp4' }).source)
    const whole = await ask(GZIP)
    expect([whole.headers.get('etag'), whole.headers.has('content-encoding')]).toEqual(['"v1"', false])
  })

  it('leaves the digest of the plain text on the compressed response', async () => {
    const ask = behind(compress(), countingSource().source, { noTransform: false })
    const whole = await ask({ ...GZIP, 'Want-Repr-Digest': 'sha-256=1' })
    expect(whole.headers.get('content-encoding')).toBe('gzip')
    expect(whole.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`)
  })

  it('loses the digest and Accept-Ranges of a compressed file behind serve()', async () => {
    const app = new Hono()
      .use(compress())
      .route('/files', streamRoutes(countingSource({ withReadInto: true }).source, { noTransform: false }))
    const server = await serve({ fetch: app.fetch, port: 0 })
    try {
      const ask = (headers: Record<string, string>) =>
        fetch(`http://127.0.0.1:${server.port}/files/notes.txt`, {
          headers: { 'Want-Repr-Digest': 'sha-256=1', ...headers },
        })
      const compressed = await ask(GZIP)
      expect([compressed.headers.get('content-encoding'), await compressed.text()]).toEqual(['gzip', text])
      expect(compressed.headers.has('repr-digest')).toBe(false)
      expect(compressed.headers.has('accept-ranges')).toBe(false)
      const plain = await ask({ 'Accept-Encoding': 'identity' })
      expect([plain.headers.has('content-encoding'), await plain.text()]).toEqual([false, text])
      expect(plain.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`)
    } finally {
      await server.stop(0)
    }
  })

  it.each([
    ['nothing else', undefined],
    ['what else it says', 'public, max-age=60'],
  ])(
    'leaves a whole text alone by default, because Cache-Control says no-transform and %s',
    async (_, cacheControl) => {
      const ask = behind(compress(), countingSource().source, { cacheControl })
      const whole = await ask({ ...GZIP, 'Want-Repr-Digest': 'sha-256=1' })
      expect([whole.headers.get('etag'), whole.headers.has('content-encoding')]).toEqual(['"v1"', false])
    },
  )
})

describe('etag()', () => {
  it('keeps the tag of a source without reading the body', async () => {
    const { source, counts } = countingSource()
    const ask = behind(etag(), source)
    const part = await ask({ Range: 'bytes=0-1' })
    expect([part.status, part.headers.get('etag')]).toEqual([206, '"v1"'])
    expect((await ask({ 'If-None-Match': '"v1"' })).status).toBe(304)
    expect(counts.bytesRead).toBe(2)
  })

  it('reads every body that has no tag, and gives each range a different one', async () => {
    const { source, counts } = countingSource({ etag: '' })
    const ask = behind(etag(), source)
    await ask()
    expect(counts.bytesRead).toBe(text.length)
    const [one, other] = [await ask({ Range: 'bytes=0-9' }), await ask({ Range: 'bytes=10-19' })]
    expect([one.status, other.status]).toEqual([206, 206])
    expect(one.headers.get('etag')).toMatch(/^"/)
    expect(other.headers.get('etag')).not.toBe(one.headers.get('etag'))
  })
})

describe('cache()', () => {
  afterEach(() => vi.unstubAllGlobals())

  /** The part of the Service Worker Cache that the middleware uses. */
  function stubCaches(): void {
    const stored = new Map<string, Response>()
    const store = {
      match: async (key: string) => stored.get(key)?.clone(),
      async put(key: string, response: Response) {
        if (response.status === 206) throw new TypeError('A partial response cannot be stored')
        stored.set(key, new Response(await response.arrayBuffer(), response))
      },
    }
    vi.stubGlobal('caches', { open: async () => store })
  }
  const options = { cacheName: 'films', wait: true } as const

  it('stores no 206, and answers ranges and conditions with the whole once that is stored', async () => {
    stubCaches()
    const { source, counts } = countingSource()
    const ask = behind(cache(options), source)
    const range = { Range: 'bytes=0-9' }
    expect((await ask(range)).status).toBe(206)
    expect((await ask(range)).status).toBe(206)
    expect((await ask()).status).toBe(200)
    const fromCache = await ask(range)
    expect([fromCache.status, (await fromCache.text()).length]).toEqual([200, text.length])
    expect((await ask({ 'If-None-Match': '"v1"' })).status).toBe(200)
    expect((await ask({ 'If-Match': '"other"' })).status).toBe(200)
    expect(counts.opened).toBe(3)
  })

  it('fails for a range when it is configured to store a 206', async () => {
    stubCaches()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const ask = behind(cache({ ...options, cacheableStatusCodes: [200, 206] }), countingSource().source)
    expect((await ask({ Range: 'bytes=0-9' })).status).toBe(500)
    vi.restoreAllMocks()
  })

  const secret = 'known-to-two'
  const expiring = async (cacheControl: string | undefined) => {
    stubCaches()
    const routes = streamRoutes(countingSource().source, { cacheControl, signed: { secrets: [secret] } })
    const app = new Hono().use(cache(options)).route('/files', routes)
    const link = await signUrl('/files/notes.txt', { secret, expiresIn: 60 })
    const before = await app.request(link)
    vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] })
    const after = await app.request(link)
    vi.useRealTimers()
    return [before.status, after.status]
  }

  it('does not store the response to a signed link, which is private', async () => {
    expect(await expiring(undefined)).toEqual([200, 403])
  })

  it('serves an expired signed link when it may store the response', async () => {
    expect(await expiring('max-age=3600')).toEqual([200, 200])
  })
})

describe('timeout()', () => {
  it('gives up when the head is late', async () => {
    const { source, counts } = countingSource({ openTime: 50 })
    const late = await behind(timeout(10), source)()
    expect(late.status).toBe(504)
    // The handler goes on, and closes what it opens.
    await vi.waitFor(() => expect(counts).toMatchObject({ opened: 1, closed: 1 }))
  })

  it('does not limit the body', async () => {
    const { source } = countingSource({ readTime: 100 })
    // Nothing is read before the head is sent.
    const ask = behind(timeout(50), source, { readFirst: 0 })
    const response = await ask()
    expect([response.status, (await response.text()).length]).toEqual([200, text.length])
  })
})

describe('cors()', () => {
  const origin = 'https://player.example'

  it('hides Content-Range from pages by default', async () => {
    const part = await behind(cors(), countingSource().source)({ Origin: origin, Range: 'bytes=0-1' })
    expect(part.headers.get('access-control-allow-origin')).toBe('*')
    expect(part.headers.get('access-control-expose-headers') ?? '').not.toContain('Content-Range')
  })

  it('answers preflights in place of the option cors that is behind it', async () => {
    const ask = behind(cors(), countingSource().source, { cors: origin })
    const preflight = await ask(
      { Origin: 'https://other.example', 'Access-Control-Request-Method': 'GET' },
      { method: 'OPTIONS' },
    )
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.has('access-control-max-age')).toBe(false)
    // Other responses have the fields of the option.
    const part = await ask({ Origin: origin, Range: 'bytes=0-1' })
    expect(part.headers.get('access-control-allow-origin')).toBe(origin)
    expect(part.headers.get('access-control-expose-headers')).toContain('Content-Range')
  })
})

describe('a guard that requires credentials', () => {
  const ask = (app: Hono) =>
    app.route('/files', streamRoutes(countingSource().source, { cors: '*' })).request('/files/notes.txt', {
      method: 'OPTIONS',
      headers: { Origin: 'https://player.example', 'Access-Control-Request-Method': 'GET' },
    })
  const guard = bearerAuth({ token: 'a-token' })

  it('refuses a preflight unless mediaCors is in front of it', async () => {
    expect((await ask(new Hono().use(guard))).status).toBe(401)
    expect((await ask(new Hono().use(mediaCors('*')).use(guard))).status).toBe(204)
  })
})

describe('secureHeaders()', () => {
  it('keeps pages of other origins from showing a film unless configured otherwise', async () => {
    const { source } = countingSource()
    const field = 'cross-origin-resource-policy'
    expect((await behind(secureHeaders(), source)()).headers.get(field)).toBe('same-origin')
    const open = behind(secureHeaders({ crossOriginResourcePolicy: 'cross-origin' }), source)
    expect((await open()).headers.get(field)).toBe('cross-origin')
  })

  it('does not change the sandbox of a page', async () => {
    const { source } = countingSource({ contentType: 'text/html' })
    const page = await behind(secureHeaders(), source)()
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox;/)
  })
})
