import { type RangeSource, SourceBusyError } from '@rangekit/range-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Behaviour, countedRepresentation, sourceOf } from '../test/support/sources.ts'
import { blobSource } from './blob-source.ts'
import { aborted } from './body/outcome.ts'
import { versionBytes } from './contract/fixture.ts'
import { openExchange } from './deferred/exchange.ts'
import { createHandler, type HandlerOptions } from './handler.ts'

const data = versionBytes(1000, 1)
const film = {
  data,
  contentType: 'video/mp4',
  etag: { opaque: 'v1', weak: false },
  lastModified: new Date(784_111_777_000),
}
const films = blobSource((key) => (key === 'a/film.mp4' ? film : undefined))
const get = (path: string, fields: Record<string, string> = {}, method = 'GET') =>
  new Request(`http://localhost${path}`, { headers: fields, method })

/** Handlers whose faults are part of the test. */
function quietHandler(source: RangeSource, options: HandlerOptions = {}) {
  const faults: unknown[] = []
  const handler = createHandler(source, { onError: (error) => faults.push(error), ...options })
  return { handler, faults }
}

const failing = (error: unknown): RangeSource => ({ open: () => Promise.reject(error) })
const fail = () => {
  throw new Error('read failed')
}
const throwing = (error: unknown): RangeSource => ({
  open: () => {
    throw error
  },
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('createHandler', () => {
  const handler = createHandler(films)

  it('serves the whole', async () => {
    const response = await handler(get('/a/film.mp4'))
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'content-length': '1000',
      'content-type': 'video/mp4',
      etag: '"v1"',
      'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'x-content-type-options': 'nosniff',
    })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(data)
  })

  it('serves a range', async () => {
    const response = await handler(get('/a/film.mp4', { Range: 'bytes=10-19' }))
    expect(response.status).toBe(206)
    expect(response.headers.get('content-range')).toBe('bytes 10-19/1000')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(data.slice(10, 20))
  })

  it.each([
    [{ Range: 'bytes=1000-' }, 416],
    [{ 'If-None-Match': '"v1"' }, 304],
    [{ 'If-Match': '"v2"' }, 412],
  ])('answers %j with %i, and no body', async (fields, status) => {
    const response = await handler(get('/a/film.mp4', fields))
    expect(response.status).toBe(status)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await response.text()).toBe('')
  })

  it('answers HEAD like GET, without a body', async () => {
    const [head, whole] = await Promise.all([
      handler(get('/a/film.mp4', {}, 'HEAD')),
      handler(get('/a/film.mp4')),
    ])
    expect(head.status).toBe(200)
    expect([...head.headers]).toEqual([...whole.headers])
    expect(await head.text()).toBe('')
  })

  it('answers OPTIONS with what is allowed, for any path', async () => {
    const response = await handler(get('/missing', {}, 'OPTIONS'))
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toEqual({
      allow: 'GET, HEAD, OPTIONS',
      'x-content-type-options': 'nosniff',
    })
    expect(await response.text()).toBe('')
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('answers %s with 405, and what is allowed', async (method) => {
    const response = await handler(get('/a/film.mp4', {}, method))
    expect(response.status).toBe(405)
    expect(Object.fromEntries(response.headers)).toEqual({
      allow: 'GET, HEAD, OPTIONS',
      'content-length': '0',
      'x-content-type-options': 'nosniff',
    })
    expect(await response.text()).toBe('')
  })

  it('answers what is not there with 404', async () => {
    const response = await handler(get('/missing'))
    expect(response.status).toBe(404)
    expect(await response.clone().text()).toBe('{"detail":"Not found"}')
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-length': '22',
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
    })
  })

  it('counts the bytes of its text, not the characters', async () => {
    const response = await createHandler(films, { notFound: 'Canción no encontrada' })(get('/missing'))
    expect(await response.clone().json()).toEqual({ detail: 'Canción no encontrada' })
    expect(response.headers.get('content-length')).toBe(String((await response.arrayBuffer()).byteLength))
  })

  it('answers HEAD of what is not there like GET, without a body', async () => {
    const response = await handler(get('/missing', {}, 'HEAD'))
    expect(response.status).toBe(404)
    expect(response.headers.get('content-length')).toBe('22')
    expect(await response.text()).toBe('')
  })

  it.each(['/a/%66ilm.mp4', '/a//film.mp4', '/a%2Ffilm.mp4', '/', '/a/film.mp4/'])(
    'answers %s with 404, which is not how the path of anything is spelled',
    async (path) => {
      expect((await handler(get(path))).status).toBe(404)
    },
  )

  it('does not open anything for a request that names nothing', async () => {
    const open = vi.fn(films.open)
    const response = await createHandler({ open }, { key: () => undefined })(get('/a/film.mp4'))
    expect(response.status).toBe(404)
    expect(open).not.toHaveBeenCalled()
  })

  it('takes the key from wherever it is told', async () => {
    const byQuery = createHandler(films, {
      key: ({ url }) => new URL(url).searchParams.get('name') ?? undefined,
    })
    expect((await byQuery(get('/?name=a/film.mp4'))).status).toBe(200)
    expect((await byQuery(get('/a/film.mp4'))).status).toBe(404)
  })

  it('passes its options on', async () => {
    const fields = vi.fn(() => ({ 'Content-Disposition': 'attachment' }))
    const handler = createHandler(films, { cacheControl: 'max-age=60', maxRanges: 1, fields })
    const request = get('/a/film.mp4', { Range: 'bytes=0-1,-1' })
    const response = await handler(request)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('max-age=60')
    expect(response.headers.get('content-disposition')).toBe('attachment')
    expect(fields).toHaveBeenCalledExactlyOnceWith(
      request,
      'a/film.mp4',
      expect.objectContaining({ completeLength: 1000 }),
    )
  })

  it('lets it be set how much is read before the head', async () => {
    const early = countedRepresentation(data)
    await createHandler(sourceOf(early), { readFirst: 1000 })(get('/a'))
    expect(early.log).toEqual(['read 0-999', 'close'])
    const late = countedRepresentation(data)
    const response = await createHandler(sourceOf(late), { readFirst: 999 })(get('/a'))
    expect(late.log).toEqual([])
    await response.arrayBuffer()
    expect(late.log).toEqual(['read 0-999', 'close'])
  })

  it('answers without a promise where the source needs none', async () => {
    const prompt: RangeSource = {
      open: (key) => (key === 'a' ? countedRepresentation(data, { readInto: () => 1 }) : undefined),
    }
    const handler = createHandler(prompt)
    expect(handler(get('/b'))).toMatchObject({ status: 404 })
    const request = get('/a')
    openExchange(request)
    expect(handler(request)).toBeInstanceOf(Response)
    // What has to be read first takes its time.
    expect((await handler(get('/a', { Range: 'bytes=0-9' }))).status).toBe(206)
  })

  describe('with a request whose server can read bodies into its own buffers', () => {
    const readInto = async (target: Uint8Array<ArrayBuffer>) => target.byteLength

    /** Asks for `/a` of a source, and gives what the server was left. */
    async function ask(behaviour: Behaviour, request = get('/a')) {
      const representation = countedRepresentation(data, behaviour)
      const exchange = openExchange(request)
      const { handler, faults } = quietHandler(sourceOf(representation))
      const response = await handler(request)
      return { response, body: exchange.last?.body, faults, representation, handler }
    }

    it('defers a body that can be read into buffers, unread and open', async () => {
      const { body, representation } = await ask({ readInto }, get('/a', { Range: 'bytes=0-9' }))
      expect(body?.plan).toMatchObject({
        status: 206,
        headers: { 'X-Content-Type-Options': 'nosniff' },
        segments: [{ kind: 'range', range: { firstPos: 0, lastPos: 9 } }],
      })
      expect(representation.log).toEqual([])
      expect(await body?.representation.readInto?.(new Uint8Array(5), 0)).toBe(5)
      await Promise.all([body?.representation.end(aborted()), body?.representation.end(aborted())])
      expect(representation.log).toEqual(['close'])
    })

    it('lets a body end at any time: when the read under way has settled, and no other begins', async () => {
      const arriving = Promise.withResolvers<number>()
      const { body, representation } = await ask({ readInto: () => arriving.promise })
      const reading = body?.representation.readInto?.(new Uint8Array(5), 0)
      const closing = body?.representation.end(aborted())
      expect(() => body?.representation.readInto?.(new Uint8Array(5), 5)).toThrow(
        'The representation is closed',
      )
      expect(representation.log).toEqual([])
      arriving.resolve(5)
      expect(await reading).toBe(5)
      await closing
      expect(representation.log).toEqual(['close'])
    })

    it('logs a late fault', async () => {
      const { body, faults } = await ask({ readInto })
      body?.onError('late')
      expect(faults).toEqual(['late'])
    })

    it.each([
      ['HEAD', get('/a', {}, 'HEAD'), 200],
      ['a 304', get('/a', { 'If-None-Match': '*' }), 304],
      ['a 412', get('/a', { 'If-Match': '"x"' }), 412],
      ['a 416', get('/a', { Range: 'bytes=1000-' }), 416],
    ])('defers the head alone of %s, with all closed', async (_, request, status) => {
      const { body, response, representation } = await ask({}, request)
      expect([response.status, body?.plan.status, body?.plan.segments]).toEqual([status, status, []])
      expect(representation.log).toEqual(['close'])
      await body?.representation.end(aborted())
      expect([representation.log, body?.representation.outcome]).toEqual([['close'], { kind: 'complete' }])
    })

    it.each([
      ['throws', { close: () => fail() }],
      ['rejects', { close: async () => fail() }],
    ])('closes once and answers 500 where there is no body and closing %s', async (_, behaviour) => {
      const { response, faults, representation } = await ask(behaviour, get('/a', {}, 'HEAD'))
      expect(response.status).toBe(500)
      expect(faults).toEqual([new Error('read failed')])
      expect(representation.log).toEqual(['close'])
    })

    it('keeps what cannot be read into buffers', async () => {
      const { body, representation } = await ask({}, get('/a', { Range: 'bytes=0-9' }))
      expect(body).toBeUndefined()
      expect(representation.log).toEqual(['read 0-9', 'close'])
    })

    it('makes a stream where the request was replaced on the way', async () => {
      const request = get('/a')
      const { handler, representation } = await ask({ readInto }, request)
      const response = await handler(new Request(request))
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(data)
      expect(representation.log).toEqual(['read 0-999', 'close'])
    })

    it.each(['GET', 'HEAD'])('closes and answers 500 where no response to %s can be made', async (method) => {
      vi.stubGlobal(
        'Response',
        class extends Response {
          constructor(...[body, init]: ConstructorParameters<typeof Response>) {
            if (init?.status === 200) fail()
            super(body, init)
          }
        },
      )
      try {
        const { response, faults, representation } = await ask({ readInto }, get('/a', {}, method))
        expect(response.status).toBe(500)
        expect(faults).toEqual([new Error('read failed')])
        await vi.waitFor(() => expect(representation.log).toEqual(['close']))
      } finally {
        vi.unstubAllGlobals()
      }
    })
  })

  describe('with a response that is over before it is sent', () => {
    const long = versionBytes(100_000, 1)
    const slow = (
      representation: ReturnType<typeof countedRepresentation>,
      opening: Promise<void>,
    ): RangeSource => ({
      open: async () => {
        await opening
        return representation
      },
    })

    /** Asks, and lets the response be over when the representation is being opened. */
    async function askTooLate(over: () => void, request: Request, info?: unknown) {
      const representation = countedRepresentation(long)
      const opening = Promise.withResolvers<void>()
      const { handler, faults } = quietHandler(slow(representation, opening.promise))
      const response = handler(request, info)
      over()
      await new Promise((resolve) => setTimeout(resolve, 0))
      opening.resolve()
      return { response: await response, log: representation.log, faults }
    }

    it('closes what it opens, reads nothing and logs nothing when the client has left', async () => {
      const client = new AbortController()
      const request = new Request('http://localhost/a', { signal: client.signal })
      const { response, log, faults } = await askTooLate(() => client.abort(), request)
      expect([response.status, response.body]).toEqual([499, null])
      expect([log, faults]).toEqual([['close'], []])
    })

    it('closes what it opens when the server says that another response was sent', async () => {
      const completed = Promise.withResolvers<void>()
      // As `Deno.serve`'s, which throws from then on.
      const request = get('/a')
      const over = () => {
        Object.defineProperty(request, 'headers', {
          get: () => {
            throw new TypeError('Request closed')
          },
        })
        completed.resolve()
      }
      const { response, log, faults } = await askTooLate(over, request, { completed: completed.promise })
      expect(response.status).toBe(499)
      expect([log, faults]).toEqual([['close'], []])
    })

    it('aborts the open under way, and is no fault', async () => {
      const client = new AbortController()
      const { handler, faults } = quietHandler({
        open: (_, options) =>
          new Promise((_resolve, reject) => {
            options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
          }),
      })
      const response = handler(new Request('http://localhost/a', { signal: client.signal }))
      client.abort(new Error('gone'))
      expect([(await response).status, faults]).toEqual([499, []])
    })

    it('aborts the first read under way, closes, and is no fault', async () => {
      const client = new AbortController()
      const representation = countedRepresentation(long, {
        read: (_, options) =>
          new Promise((_resolve, reject) => {
            options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
          }),
      })
      const { handler, faults } = quietHandler(sourceOf(representation))
      const request = new Request('http://localhost/a', {
        signal: client.signal,
        headers: { Range: 'bytes=0-9' },
      })
      const response = handler(request)
      await vi.waitFor(() => expect(representation.log).toEqual(['read 0-9']))
      client.abort(new Error('gone'))
      expect([(await response).status, faults]).toEqual([499, []])
      expect(representation.log).toEqual(['read 0-9', 'close'])
    })

    it.each(['throws', 'rejects'])('is no fault where open %s because the client has left', async (how) => {
      const { handler, faults } = quietHandler({
        open(_, options) {
          const { signal } = options ?? {}
          if (how === 'rejects') return Promise.reject(signal?.reason)
          signal?.throwIfAborted()
          return undefined
        },
      })
      const request = new Request('http://localhost/a', { signal: AbortSignal.abort() })
      expect([(await handler(request)).status, faults]).toEqual([499, []])
    })

    it('is no fault where the first read fails by the signal of open', async () => {
      const client = new AbortController()
      let log: readonly string[] = []
      const { handler, faults } = quietHandler({
        open(_, options) {
          const representation = countedRepresentation(long, {
            read: () =>
              new Promise((_resolve, reject) => {
                options?.signal?.addEventListener('abort', () => reject(options.signal?.reason))
              }),
          })
          log = representation.log
          return representation
        },
      })
      const request = new Request('http://localhost/a', {
        signal: client.signal,
        headers: { Range: 'bytes=0-9' },
      })
      const response = handler(request)
      client.abort(new Error('gone'))
      expect([(await response).status, faults]).toEqual([499, []])
      expect(log).toEqual(['read 0-9', 'close'])
    })

    it("passes on the exchange's signal, made when it is looked at", async () => {
      const request = get('/a')
      const exchange = openExchange(request)
      const signals: Array<AbortSignal | undefined> = []
      const { handler } = quietHandler({
        open: (_, options) => {
          signals.push(options?.signal)
          return undefined
        },
      })
      await handler(request)
      exchange.end()
      expect(signals.map((signal) => signal?.aborted)).toEqual([true])
    })

    it('closes a body that nobody has begun to read', async () => {
      const completed = Promise.withResolvers<void>()
      const representation = countedRepresentation(long)
      const handler = createHandler(sourceOf(representation))
      const response = await handler(get('/a'), { completed: completed.promise })
      expect(response.status).toBe(200)
      expect(representation.log).toEqual([])
      completed.reject(new Error('HTTP response was not sent successfully'))
      await vi.waitFor(() => expect(representation.log).toEqual(['close']))
    })

    it('does not look at the signal of a request whose server opened an exchange, or whose body is short', async () => {
      const request = Object.defineProperty(get('/a', { Range: 'bytes=0-9' }), 'signal', {
        get: fail,
      })
      const prompt: RangeSource = { open: () => countedRepresentation(data, { readInto: () => 1 }) }
      expect((await createHandler(prompt)(request)).status).toBe(206)
      openExchange(request)
      const { handler, faults } = quietHandler(sourceOf(countedRepresentation(data, { readInto: () => 1 })))
      expect((await handler(request)).status).toBe(206)
      expect(faults).toEqual([])
    })

    it('logs a fault in closing what was opened too late', async () => {
      const { handler, faults } = quietHandler(sourceOf(countedRepresentation(long, { close: fail })))
      await handler(new Request('http://localhost/a', { signal: AbortSignal.abort() }))
      expect(faults).toEqual([new Error('read failed')])
    })
  })

  describe('at a fault', () => {
    it.each([
      ['rejects', failing],
      ['throws', throwing],
    ])(
      'answers 500 with a fixed text where a source %s, and tells the cause to the log only',
      async (_, sourceWith) => {
        const cause = new Error('secret: /srv/media is on fire')
        const { handler, faults } = quietHandler(sourceWith(cause))
        const response = await handler(get('/a'))
        expect(response.status).toBe(500)
        expect(await response.clone().text()).toBe('{"detail":"Internal error"}')
        expect(Object.fromEntries(response.headers)).toEqual({
          'cache-control': 'no-store',
          'content-length': '27',
          'content-type': 'application/json',
          'x-content-type-options': 'nosniff',
        })
        expect(faults).toEqual([cause])
      },
    )

    it('answers 503 where the source is busy, and says when to try again', async () => {
      const cause = new SourceBusyError('out of descriptors')
      const { handler, faults } = quietHandler(failing(cause))
      const response = await handler(get('/a'))
      expect(response.status).toBe(503)
      expect(await response.clone().text()).toBe('{"detail":"Busy, try again"}')
      expect(Object.fromEntries(response.headers)).toEqual({
        'cache-control': 'no-store',
        'content-length': '28',
        'content-type': 'application/json',
        'retry-after': '1',
        'x-content-type-options': 'nosniff',
      })
      expect(faults).toEqual([cause])
    })

    it('answers HEAD like GET, without a body', async () => {
      const { handler } = quietHandler(failing(new Error('read failed')))
      const response = await handler(get('/a', {}, 'HEAD'))
      expect(response.status).toBe(500)
      expect(response.headers.get('content-length')).toBe('27')
      expect(await response.text()).toBe('')
    })

    it('tells which request it was', async () => {
      const onError = vi.fn()
      const request = get('/a')
      const cause = new Error('read failed')
      await createHandler(failing(cause), { onError })(request)
      expect(onError).toHaveBeenCalledExactlyOnceWith(cause, request)
    })

    it('writes to the console unless told otherwise', async () => {
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const cause = new Error('read failed')
      await createHandler(failing(cause))(get('/a'))
      expect(log).toHaveBeenCalledExactlyOnceWith(cause)
    })

    it('writes one line to the console for many requests of a busy source, and tells `onError` of each', async () => {
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const source = failing(new SourceBusyError('No file can be opened just now'))
      const plain = createHandler(source)
      const { handler, faults } = quietHandler(source)
      for (let round = 0; round < 10; round++) await Promise.all([plain(get('/a')), handler(get('/a'))])
      expect(log.mock.calls).toEqual([['SourceBusyError: No file can be opened just now']])
      expect(faults).toHaveLength(10)
    })

    it('never tells of what a client did', async () => {
      const { handler, faults } = quietHandler(films)
      for (const [path, fields, method] of [
        ['/missing', {}, 'GET'],
        ['/a/%zz', {}, 'GET'],
        ['/a/film.mp4', { Range: 'bytes=1000-' }, 'GET'],
        ['/a/film.mp4', { 'If-Match': '"v2"' }, 'GET'],
        ['/a/film.mp4', {}, 'POST'],
      ] as const) {
        await handler(get(path, fields, method))
      }
      expect(faults).toEqual([])
    })

    it.each<[string, HandlerOptions]>([
      [
        'key',
        {
          key: () => {
            throw new Error('read failed')
          },
        },
      ],
      [
        'fields',
        {
          fields: () => {
            throw new Error('read failed')
          },
        },
      ],
    ])('answers 500 where the option `%s` throws', async (_, options) => {
      const { handler, faults } = quietHandler(films, options)
      expect((await handler(get('/a/film.mp4'))).status).toBe(500)
      expect(faults).toEqual([new Error('read failed')])
    })

    it.each<[string, Parameters<typeof countedRepresentation>[1], HandlerOptions]>([
      ['a length that is none', { completeLength: -1 }, {}],
      ['an entity tag that is none', { etag: { opaque: '"', weak: false } }, {}],
      ['a type that is no field value', { contentType: 'a\r\nb' }, {}],
      ['a read that fails', { read: () => Promise.reject(new Error('read failed')) }, {}],
      [
        'an option that throws',
        {},
        {
          fields: () => {
            throw new Error('read failed')
          },
        },
      ],
    ])('has closed what it opened when it answers 500: %s', async (_, behaviour, options) => {
      const representation = countedRepresentation(data, behaviour)
      const { handler, faults } = quietHandler(sourceOf(representation), options)
      const response = await handler(get('/a', { Range: 'bytes=0-9,500-509,990-' }))
      if (response.status === 206) await expect(response.arrayBuffer()).rejects.toThrow('read failed')
      else expect([response.status, faults.length]).toEqual([500, 1])
      expect(representation.log.filter((entry) => entry === 'close')).toEqual(['close'])
    })

    it('answers even where the log itself throws', async () => {
      const log = vi.spyOn(console, 'error').mockImplementation(() => {})
      const full = new Error('the log is full')
      const handler = createHandler(failing(new Error('read failed')), {
        onError: () => {
          throw full
        },
      })
      expect((await handler(get('/a'))).status).toBe(500)
      expect(log).toHaveBeenCalledExactlyOnceWith(full)
    })
  })
})
