import { createHandler } from '@rangekit/range-handler'
import { describe, expect, it } from 'vitest'
import { type HttpSourceOptions, httpSource } from '../src/index.ts'
import { expectSame, FILM } from './support/film.ts'
import { filmServer, stall } from './support/film-server.ts'
import { type Answer, serve, startOrigin } from './support/origin-server.ts'

const server = await filmServer()
const RIGHT = server.answer
const LENGTH = FILM.bytes.byteLength
/** More than is read in one piece. */
const LONG = { kind: 'int', firstPos: 1000, lastPos: 200_999 } as const
const LEFT = new Error('The client left')

/** What the origin was asked, in short. */
const asked = () => server.seen.map(({ method, fields }) => `${method} ${fields['range'] ?? ''}`.trim())

function handler(options?: HttpSourceOptions) {
  return createHandler(httpSource(server.url, options), { onError: () => {} })
}

const request = (fields: Record<string, string> = {}, method = 'GET', key = 'film.mp4') =>
  new Request(`http://rangekit.example/${key}`, { method, headers: fields })

async function open(source = httpSource(server.url), signal?: AbortSignal) {
  const opened = await source.open('film.mp4', { likelyRange: LONG, signal })
  if (opened === undefined) throw new Error('There is no film')
  return opened
}

describe('what is not known yet is asked for once', () => {
  it.each([
    ['a range', 'bytes=5-9', 206, ['GET bytes=5-9'], 5, 10],
    ['a range to the end', 'bytes=5-', 206, ['GET bytes=5-'], 5, LENGTH],
    ['a range past the end', `bytes=5-${2 * LENGTH}`, 206, [`GET bytes=5-${2 * LENGTH}`], 5, LENGTH],
    ['the whole', undefined, 200, ['GET bytes=0-'], 0, LENGTH],
    ['a Range that is ignored', 'bytes=9-5', 200, ['GET bytes=0-'], 0, LENGTH],
  ])('with its bytes: %s', async (_, range, status, expected, start, end) => {
    const response = await handler()(request({ ...(range && { Range: range }) }))
    expect([response.status, response.headers.get('etag')]).toEqual([status, '"one"'])
    expect(response.headers.get('content-type')).toBe('video/mp4')
    expectSame(await response.bytes(), FILM.bytes.subarray(start, end))
    expect(asked()).toEqual(expected)
    // Node's fetch adds one itself for a range.
    expect(server.seen[0]?.fields['accept-encoding']).toMatch(/^identity(, identity)?$/)
  })

  it.each([
    ['HEAD', {}, 'HEAD', 200, ['HEAD']],
    ['a validator that the client has', { 'If-None-Match': '"one"' }, 'GET', 304, ['HEAD']],
    ['a suffix', { Range: 'bytes=-5' }, 'GET', 206, ['HEAD', `GET bytes=${LENGTH - 5}-${LENGTH - 1}`]],
    ['a range behind the end', { Range: `bytes=${LENGTH}-` }, 'GET', 416, [`GET bytes=${LENGTH}-`, 'HEAD']],
  ])(
    'without them, if there are none or their place is unknown: %s',
    async (_, fields, method, ...expected) => {
      const response = await handler()(request(fields, method))
      await response.bytes()
      expect([response.status, asked()]).toEqual(expected)
    },
  )

  it('if there is nothing', async () => {
    server.answer = (_, response) => void response.writeHead(404).end('nothing')
    expect((await handler()(request())).status).toBe(404)
    expect(asked()).toEqual(['GET bytes=0-'])
  })

  it.each([401, 403, 405, 418])('if it is refused with %i', async (status) => {
    server.answer = (_, response) => void response.writeHead(status).end()
    expect((await handler()(request())).status).toBe(500)
    expect(asked()).toEqual(['GET bytes=0-'])
  })

  it('but again if that may help', async () => {
    server.answer = (request, response, count) =>
      count === 0 ? response.writeHead(503).end() : RIGHT(request, response, count)
    expectSame(await (await handler()(request({ Range: 'bytes=5-9' }))).bytes(), FILM.bytes.subarray(5, 10))
    expect(asked()).toEqual(['GET bytes=5-9', 'GET bytes=5-9'])
  })

  it('through a redirect, which the next read is spared', async () => {
    server.answer = (request, response, count) =>
      request.url === '/film.mp4'
        ? response.writeHead(302, { location: '/elsewhere' }).end()
        : RIGHT(request, response, count)
    const serving = handler()
    expectSame(await (await serving(request({ Range: 'bytes=5-9' }))).bytes(), FILM.bytes.subarray(5, 10))
    expectSame(await (await serving(request({ Range: 'bytes=7-9' }))).bytes(), FILM.bytes.subarray(7, 10))
    expect(server.seen.map(({ path }) => path)).toEqual(['/film.mp4', '/elsewhere', '/elsewhere'])
  })
})

describe('an answer that is not of the range', () => {
  it.each<[string, Record<string, string | number>, number?]>([
    ['of another one', { 'content-range': `bytes 0-4/${LENGTH}` }],
    ['of fewer bytes', { 'content-range': `bytes 5-8/${LENGTH}` }],
    ['without Content-Range', {}],
    ['of an unknown length', { 'content-range': 'bytes 5-9/*' }],
    ['with another Content-Length', { 'content-range': `bytes 5-9/${LENGTH}`, 'content-length': 4 }],
    ['compressed', { 'content-range': `bytes 5-9/${LENGTH}`, 'content-encoding': 'zstd-own, gzip' }],
  ])('is an error: %s', async (_, fields) => {
    server.answer = (_, response) => response.writeHead(206, { etag: '"one"', ...fields }).end('12345')
    const opening = httpSource(server.url).open('film.mp4', {
      likelyRange: { kind: 'int', firstPos: 5, lastPos: 9 },
    })
    await expect(opening).rejects.toMatchObject({ name: 'OriginError' })
  })

  it('is described by HEAD if it has several parts, which a file may have as well', async () => {
    const fields = {
      ...FILM.fields,
      'content-type': 'multipart/byteranges; boundary=a',
      'content-range': `bytes 5-9/${LENGTH}`,
    }
    server.answer = ({ method, headers }, response) =>
      method === 'HEAD'
        ? serve(FILM, { method, headers }, response)
        : response.writeHead(206, fields).end('12345')
    const { status } = await handler()(request({ Range: 'bytes=5-9' }))
    expect([status, asked()]).toEqual([500, ['GET bytes=5-9', 'HEAD', 'GET bytes=5-9']])
  })

  it('is described by HEAD if Range was ignored', async () => {
    server.answer = ({ method }, response) => serve(FILM, { method, headers: {} }, response)
    const { status } = await handler()(request({ Range: 'bytes=5-9' }))
    expect([status, asked()]).toEqual([500, ['GET bytes=5-9', 'HEAD', 'GET bytes=5-9']])
  })
})

describe('the bytes that come with the description', () => {
  it('are the beginning of a longer read, which goes on with the rest', async () => {
    const opened = await open()
    const bytes = await new Response(await opened.read({ firstPos: 1000, lastPos: LENGTH - 1 })).bytes()
    expectSame(bytes, FILM.bytes.subarray(1000))
    expect(asked()).toEqual(['GET bytes=1000-200999', `GET bytes=201000-${LENGTH - 1}`])
    expect(server.seen[1]?.fields['if-match']).toBe('"one"')
    await opened.close()
  })

  it.each([
    ['a date that is sure to differ', { 'last-modified': FILM.fields['last-modified'] }, 201_000],
    ['nothing that is sure to differ', {}, 1000],
    ['a weak tag', { etag: 'W/"one"' }, 1000],
    ['a date that is not over yet', { 'last-modified': new Date(Date.now() + 60_000).toUTCString() }, 1000],
  ])('are joined to others by what tells versions apart: %s', async (_, fields, next) => {
    server.answer = (request, response) => serve({ bytes: FILM.bytes, fields }, request, response)
    const opened = await open()
    const bytes = await new Response(await opened.read({ firstPos: 1000, lastPos: LENGTH - 1 })).bytes()
    expectSame(bytes, FILM.bytes.subarray(1000))
    expect(asked()).toEqual(['GET bytes=1000-200999', `GET bytes=${next}-${LENGTH - 1}`])
    await opened.close()
  })

  it.each([
    ['begins elsewhere', 1001, 200_999],
    ['is shorter', 1000, 100_000],
  ])('end when what is read %s', async (_, firstPos, lastPos) => {
    const broken = stall(server, LONG)
    const opened = await open()
    server.answer = RIGHT
    const bytes = await new Response(await opened.read({ firstPos, lastPos })).bytes()
    expectSame(bytes, FILM.bytes.subarray(firstPos, lastPos + 1))
    await expect.poll(() => broken).toEqual(['bytes=1000-200999'])
  })

  it('are read once: a second read asks', async () => {
    const opened = await open()
    for (const _ of [1, 2])
      expectSame(await new Response(await opened.read(LONG)).bytes(), FILM.bytes.subarray(1000, 201_000))
    expect(asked()).toEqual(['GET bytes=1000-200999', 'GET bytes=1000-200999'])
  })

  it('go on from the byte that was reached when the connection breaks', async () => {
    server.answer = (_, response) => {
      response.writeHead(206, { ...FILM.fields, 'content-range': `bytes 1000-200999/${LENGTH}` })
      response.write(FILM.bytes.subarray(1000, 1500), () => response.destroy())
      server.answer = RIGHT
    }
    const opened = await open()
    expectSame(await new Response(await opened.read(LONG)).bytes(), FILM.bytes.subarray(1000, 201_000))
    const [, second] = server.seen
    expect([second?.fields['range'], second?.fields['if-match']]).toEqual(['bytes=1500-200999', '"one"'])
  })

  it('end with the representation if nobody reads them', async () => {
    const broken = stall(server, LONG)
    const opened = await open()
    await opened.close()
    await expect.poll(() => broken).toHaveLength(1)
  })

  it('end after the time-out if nobody reads them', async () => {
    const broken = stall(server, LONG)
    const opened = await open(httpSource(server.url, { timeout: 1000, maxConnections: 1 }))
    await expect.poll(() => broken).toHaveLength(1)
    server.answer = RIGHT
    // The only connection is free again.
    expectSame(await new Response(await opened.read(LONG)).bytes(), FILM.bytes.subarray(1000, 201_000))
    await opened.close()
  })

  it('end with the signal of the read, not with that of the opening', async () => {
    const broken = stall(server, LONG)
    const opening = new AbortController()
    const reading = new AbortController()
    const opened = await open(undefined, opening.signal)
    opening.abort(LEFT)
    const body = await opened.read(LONG, reading)
    if (!(body instanceof ReadableStream)) throw new Error('Expected a stream')
    const reader = body.getReader()
    expectSame((await reader.read()).value ?? new Uint8Array(), FILM.bytes.subarray(1000, 2000))
    expect(broken).toEqual([])
    const next = reader.read()
    reading.abort(LEFT)
    await expect(next).rejects.toBe(LEFT)
    await expect.poll(() => broken).toHaveLength(1)
  })

  it('go to one of those who ask at the same time; the others read for themselves', async () => {
    const source = httpSource(server.url)
    const read = async () => {
      const opened = await open(source)
      const bytes = await new Response(await opened.read(LONG)).bytes()
      await opened.close()
      return bytes
    }
    for (const bytes of await Promise.all([read(), read(), read()]))
      expectSame(bytes, FILM.bytes.subarray(1000, 201_000))
    expect(server.seen.map(({ fields }) => fields['if-match'])).toEqual([undefined, '"one"', '"one"'])
  })

  it('go to those who still wait when the first has left', async () => {
    let answer = () => {}
    server.answer = (request, response) => {
      answer = () => serve(FILM, request, response)
    }
    const source = httpSource(server.url)
    const leaving = new AbortController()
    const first = open(source, leaving.signal)
    const second = open(source)
    await expect.poll(() => server.seen.length).toBe(1)
    leaving.abort(LEFT)
    await expect(first).rejects.toBe(LEFT)
    answer()
    expectSame(
      await new Response(await (await second).read(LONG)).bytes(),
      FILM.bytes.subarray(1000, 201_000),
    )
    expect(asked()).toHaveLength(1)
  })

  it('end when the last who asked leaves as they come', async () => {
    const leaving = new AbortController()
    const signals: (AbortSignal | null | undefined)[] = []
    const source = httpSource(server.url, {
      fetch: async (_, init) => {
        signals.push(init?.signal)
        leaving.abort(LEFT)
        const headers = { ...FILM.fields, 'content-range': `bytes 1000-200999/${LENGTH}` }
        return new Response(new ReadableStream(), { status: 206, headers })
      },
    })
    await expect(open(source, leaving.signal)).rejects.toBe(LEFT)
    await expect.poll(() => signals.map((signal) => signal?.aborted)).toEqual([true])
  })
})

it('needs no connection of its own for each film', async () => {
  const answer: Answer = (request, response) => serve(FILM, request, response)
  await using origin = await startOrigin(answer)
  const serving = createHandler(httpSource(origin.url))
  for (let index = 0; index < 20; index++) {
    const response = await serving(request({ Range: 'bytes=5-9' }, 'GET', `${index}.mp4`))
    expectSame(await response.bytes(), FILM.bytes.subarray(5, 10))
  }
  // The next request may come before the connection of the last one is free.
  expect(origin.seen).toHaveLength(20)
  expect(origin.connections).toBeLessThanOrEqual(2)
})

it('needs no connection of its own for each film that is not there', async () => {
  await using origin = await startOrigin(
    (_, response) => void response.writeHead(404).end('There is no such film'),
  )
  const serving = createHandler(httpSource(origin.url))
  for (let index = 0; index < 20; index++) {
    expect((await serving(request({}, 'GET', `${index}.mp4`))).status).toBe(404)
  }
  expect(origin.seen).toHaveLength(20)
  expect(origin.connections).toBeLessThanOrEqual(2)
})
