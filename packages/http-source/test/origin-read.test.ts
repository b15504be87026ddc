import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Origin } from '../src/origin/origin.ts'
import { DATE, described, expectSame, FILM, faultOf, readAll } from './support/film.ts'
import { filmServer } from './support/film-server.ts'
import { type Answer, type Stored, serve, startRawOrigin } from './support/origin-server.ts'

const server = await filmServer()
const url = `${server.url}/film.mp4`
const origin = new Origin({ retries: 1 })
const { bytes, fields } = FILM

/** Answers HEAD right, and reads as told. */
function answerReads(answer: Answer): void {
  server.answer = (request, response, count) =>
    request.method === 'HEAD' ? serve(FILM, request, response) : answer(request, response, count)
}

describe('a read', () => {
  it('is one request for exactly the range, bound to the strong tag', async () => {
    const version = await described(origin, url)
    server.seen.length = 0
    expectSame(await readAll(origin, version, 100, 299_999), bytes.subarray(100, 300_000))
    expect(server.seen).toMatchObject([
      { method: 'GET', path: '/film.mp4', fields: { range: 'bytes=100-299999', 'if-match': '"one"' } },
    ])
    expect(server.seen[0]?.fields).not.toHaveProperty('if-range')
    expect(server.seen[0]?.fields).not.toHaveProperty('if-unmodified-since')
    expect(server.seen[0]?.fields['accept-encoding']).toMatch(/^identity\b/)
    // Caches in front of the origin may answer.
    expect(server.seen[0]?.fields['cache-control']).not.toMatch(/no-/)
  })

  it.each([
    { known: 'a weak tag and a date', etag: 'W/"one"', date: DATE, sent: DATE },
    { known: 'a date', etag: undefined, date: DATE, sent: DATE },
    { known: 'a weak tag', etag: 'W/"one"', date: undefined, sent: undefined },
    { known: 'no validator', etag: undefined, date: undefined, sent: undefined },
  ])('is bound to the date, if there is one, where $known is known', async ({ etag, date, sent }) => {
    const known = { ...(etag && { etag }), ...(date && { 'last-modified': date }) }
    server.answer = (request, response) => serve({ bytes, fields: known }, request, response)
    const version = await described(origin, url)
    server.seen.length = 0
    expectSame(await origin.readBytes(version, { firstPos: 5, lastPos: 9 }), bytes.subarray(5, 10))
    expect(server.seen[0]?.fields['if-unmodified-since']).toBe(sent)
    expect(server.seen[0]?.fields).not.toHaveProperty('if-match')
  })

  it.each([
    [-1, 5],
    [6, 5],
    [0, 300_001],
    [Number.NaN, 5],
  ])('of bytes %d-%d, which are not there, is misuse', async (firstPos, lastPos) => {
    const version = await described(origin, url)
    await expect(origin.read(version, { firstPos, lastPos })).rejects.toThrow(RangeError)
  })
})

/** Heads and bodies of a wrong answer to bytes 1000-1999, and how it is found out. */
const LIES: readonly (readonly [string, number, Record<string, string>, Uint8Array, string])[] = [
  ['ignores Range', 200, {}, bytes, 'no-ranges'],
  ['sends an error as a success', 200, { etag: '' }, bytes, 'changed'],
  [
    'sends the range before',
    206,
    { 'content-range': 'bytes 0-999/300001' },
    bytes.subarray(0, 1000),
    'wrong-range',
  ],
  [
    'sends a shorter range',
    206,
    { 'content-range': 'bytes 1000-1998/300001' },
    bytes.subarray(1000, 1999),
    'wrong-range',
  ],
  [
    'sends a longer range',
    206,
    { 'content-range': 'bytes 1000-2000/300001' },
    bytes.subarray(1000, 2001),
    'wrong-range',
  ],
  [
    'names another length',
    206,
    { 'content-range': 'bytes 1000-1999/300002' },
    bytes.subarray(1000, 2000),
    'changed',
  ],
  [
    'names no length',
    206,
    { 'content-range': 'bytes 1000-1999/*' },
    bytes.subarray(1000, 2000),
    'wrong-range',
  ],
  ['names no range', 206, { 'content-range': 'bytes */300001' }, bytes.subarray(1000, 2000), 'wrong-range'],
  [
    'names another unit',
    206,
    { 'content-range': 'items 1000-1999/300001' },
    bytes.subarray(1000, 2000),
    'wrong-range',
  ],
  ['sends no Content-Range', 206, { 'content-range': '' }, bytes.subarray(1000, 2000), 'wrong-range'],
  [
    'sends several parts',
    206,
    { 'content-type': 'multipart/byteranges; boundary=x' },
    bytes.subarray(1000, 2000),
    'wrong-range',
  ],
  ['sends fewer bytes', 206, {}, bytes.subarray(1000, 1999), 'wrong-length'],
  ['sends more bytes', 206, {}, bytes.subarray(1000, 2001), 'wrong-length'],
  [
    'sends fewer bytes in chunks',
    206,
    { 'transfer-encoding': 'chunked' },
    bytes.subarray(1000, 1000),
    'wrong-length',
  ],
  [
    'sends more bytes in chunks',
    206,
    { 'transfer-encoding': 'chunked' },
    bytes.subarray(1000, 2001),
    'wrong-length',
  ],
  ['compresses', 206, { 'content-encoding': 'gzip' }, gzipSync(bytes.subarray(1000, 2000)), 'encoded'],
  ['uses another coding', 206, { 'content-encoding': 'aws-chunked' }, bytes.subarray(1000, 2000), 'encoded'],
  ['sends another strong tag', 206, { etag: '"two"' }, bytes.subarray(1000, 2000), 'changed'],
  ['weakens the tag', 206, { etag: 'W/"one"' }, bytes.subarray(1000, 2000), 'changed'],
  ['sends no tag', 206, { etag: '' }, bytes.subarray(1000, 2000), 'changed'],
  ['has another version', 412, {}, bytes.subarray(0, 0), 'changed'],
  ['has nothing any more', 404, {}, bytes.subarray(0, 0), 'changed'],
  ['has less by now', 416, { 'content-range': 'bytes */10' }, bytes.subarray(0, 0), 'changed'],
  ['refuses', 403, {}, bytes.subarray(0, 0), 'refused'],
  ['wants credentials', 401, {}, bytes.subarray(0, 0), 'refused'],
  ['has had enough', 429, {}, bytes.subarray(0, 0), 'busy'],
  ['is overloaded', 503, {}, bytes.subarray(0, 0), 'busy'],
  ['fails', 500, {}, bytes.subarray(0, 0), 'failed'],
  ['answers nonsense', 304, {}, bytes.subarray(0, 0), 'failed'],
]

describe('an origin that', () => {
  it.each(LIES)('%s (%d %j) is found out', async (_, status, changed, body, fault) => {
    answerReads((_, response) => {
      const head: Record<string, string> = {
        ...fields,
        'content-range': 'bytes 1000-1999/300001',
        ...(!('transfer-encoding' in changed) && { 'content-length': String(body.byteLength) }),
        ...changed,
      }
      response.writeHead(status, Object.fromEntries(Object.entries(head).filter(([, value]) => value !== '')))
      response.end(body)
    })
    const version = await described(origin, url)
    const range = { firstPos: 1000, lastPos: 1999 }
    expect(await faultOf(origin.readBytes(version, range))).toMatchObject({ fault })
    expect(await faultOf(readAll(origin, version, 1000, 1999))).toMatchObject({ fault })
  })

  it('sends other Last-Modified than before is found out where there is no strong tag', async () => {
    const read = async (first: string | undefined, then: string | undefined) => {
      const stored = (date: string | undefined) => ({ bytes, fields: date ? { 'last-modified': date } : {} })
      server.answer = (request, response) => {
        const {
          method,
          headers: { range },
        } = request
        serve(
          stored(method === 'HEAD' ? first : then),
          { method, headers: { ...(range && { range }) } },
          response,
        )
      }
      return origin.readBytes(await described(origin, url), { firstPos: 0, lastPos: 9 })
    }
    expect(await faultOf(read(DATE, 'Sun, 06 Nov 1994 08:49:38 GMT'))).toMatchObject({ fault: 'changed' })
    expect(await faultOf(read(DATE, undefined))).toMatchObject({ fault: 'changed' })
    expect(await read(DATE, DATE)).toEqual(bytes.subarray(0, 10))
  })
})

describe('a stored coding', () => {
  it('that no fetch decodes is passed on, and expected of each read', async () => {
    server.answer = (request, response) =>
      serve({ bytes, fields: { ...fields, 'content-encoding': 'aws-chunked' } }, request, response)
    const version = await described(origin, url)
    expect(version.fields).toEqual({ 'Content-Encoding': 'aws-chunked' })
    expectSame(await readAll(origin, version, 5, 9), bytes.subarray(5, 10))
  })

  it('that fetch decodes is a clear error', async () => {
    server.answer = (request, response) =>
      serve({ bytes: gzipSync(bytes), fields: { ...fields, 'content-encoding': 'gzip' } }, request, response)
    await expect(origin.describe(url)).rejects.toThrow(/is sent as gzip, which fetch decodes/)
  })
})

describe('a read that breaks', () => {
  const HALF = 150_000

  /** Sends half of what is left of the range, then closes: the first `times` times. */
  const breaking = (times: number, stored: Stored = FILM): Answer => {
    let left = times
    return (request, response) => {
      const [, first = '0'] = /bytes=(\d+)-/.exec(request.headers.range ?? '') ?? []
      if (left-- <= 0) return serve(stored, request, response)
      const part = stored.bytes.subarray(Number(first))
      response.writeHead(206, {
        ...stored.fields,
        'content-length': part.byteLength,
        'content-range': `bytes ${first}-300000/300001`,
      })
      response.write(part.subarray(0, Math.ceil(part.byteLength / 2)), () => response.destroy())
    }
  }

  it('goes on from the byte that was reached, as often as there is progress', async () => {
    answerReads(breaking(4))
    const version = await described(origin, url)
    server.seen.length = 0
    expectSame(await readAll(origin, version), bytes)
    expect(server.seen).toHaveLength(5)
    for (const { fields } of server.seen) expect(fields).toMatchObject({ 'if-match': '"one"' })
    expect(server.seen[1]?.fields['range']).not.toBe('bytes=0-300000')
  })

  it('goes on in one piece as well', async () => {
    answerReads(breaking(2))
    const version = await described(origin, url)
    expectSame(await origin.readBytes(version, { firstPos: 0, lastPos: 300_000 }), bytes)
  })

  it('never goes on in another version', async () => {
    const other = { bytes: bytes.toReversed(), fields: { ...fields, etag: '"two"' } }
    let count = 0
    const first = breaking(1)
    answerReads((request, response) =>
      count++ === 0 ? first(request, response, 0) : serve(other, request, response),
    )
    const stream = await origin.read(await described(origin, url), { firstPos: 0, lastPos: 300_000 })
    const reader = stream.getReader()
    let position = 0
    const reading = async () => {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return
        expectSame(value, bytes.subarray(position, position + value.byteLength))
        position += value.byteLength
      }
    }
    expect(await faultOf(reading())).toEqual({ fault: 'changed', status: 412 })
    expect(position).toBeGreaterThan(0)
    expect(position).toBeLessThanOrEqual(HALF + 1)
  })

  it.each([
    { known: 'an old date', fields: { 'last-modified': DATE } as Stored['fields'], goesOn: true },
    {
      known: 'a date of this second',
      fields: { 'last-modified': new Date(Date.now() + 60_000).toUTCString() },
      goesOn: false,
    },
    { known: 'a weak tag', fields: { etag: 'W/"one"' }, goesOn: false },
    { known: 'no validator', fields: {}, goesOn: false },
  ])('goes on if a validator is strong: $known', async ({ fields = {}, goesOn }) => {
    const stored: Stored = { bytes, fields }
    const reads = breaking(1, stored)
    server.answer = (request, response, count) =>
      request.method === 'HEAD' ? serve(stored, request, response) : reads(request, response, count)
    const version = await described(origin, url)
    if (goesOn) expectSame(await readAll(origin, version), bytes)
    else expect(await faultOf(readAll(origin, version))).toMatchObject({ fault: 'unreachable' })
  })

  it.each([429, 500, 502, 503, 504])('is repeated after %d', async (status) => {
    answerReads((request, response, count) =>
      count === 1 ? response.writeHead(status).end() : serve(FILM, request, response),
    )
    const version = await described(origin, url)
    expectSame(await readAll(origin, version, 0, 99), bytes.subarray(0, 100))
    expect(server.seen).toHaveLength(3)
  })

  it('is not repeated more often than `retries` says', async () => {
    answerReads((_, response) => response.writeHead(503).end())
    const version = await described(origin, url)
    for (const retries of [0, 2]) {
      server.seen.length = 0
      const reading = new Origin({ retries }).readBytes(version, { firstPos: 0, lastPos: 9 })
      expect(await faultOf(reading)).toEqual({ fault: 'busy', status: 503 })
      expect(server.seen).toHaveLength(retries + 1)
    }
  })

  it.each([
    ['0', 2],
    [new Date(0).toUTCString(), 2],
    ['3600', 1],
    [new Date(Date.now() + 3_600_000).toUTCString(), 1],
  ])('is repeated when Retry-After says, or fails at once if that is late: %s', async (after, requests) => {
    answerReads((_, response) => response.writeHead(503, { 'retry-after': after }).end())
    const version = await described(origin, url)
    server.seen.length = 0
    const error = await origin.readBytes(version, { firstPos: 0, lastPos: 9 }).catch((error) => error)
    expect(error).toMatchObject({ fault: 'busy', isTransient: true, retryAfter: expect.any(Number) })
    expect(server.seen).toHaveLength(requests)
  })
})

describe('an origin that does not go on', () => {
  const HEAD = `HTTP/1.1 206 Partial Content\r\nETag: "one"\r\nContent-Range: bytes 0-9/10\r\n`
  const hasty = new Origin({ retries: 1, timeout: 150 })
  const range = { firstPos: 0, lastPos: 9 }

  it.each([
    ['never answers', '', false, 'timeout'],
    ['stops in the head', HEAD, false, 'timeout'],
    ['stops in the body', `${HEAD}Content-Length: 10\r\n\r\n01234`, false, 'timeout'],
    [
      'does not end its body',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n`,
      false,
      'timeout',
    ],
    ['closes at once', '', true, 'unreachable'],
    ['closes in the head', HEAD, true, 'unreachable'],
    ['closes in the body', `${HEAD}Content-Length: 10\r\n\r\n`, true, 'unreachable'],
    ['closes in the chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\na\r\n01234`, true, 'unreachable'],
    ['ends its body by closing, early', `${HEAD}\r\n`, true, 'wrong-length'],
    ['speaks another protocol', '220 smtp.example ready\r\n', true, 'unreachable'],
  ])('%s: %j', async (_, text, closes, fault) => {
    const asked: Socket[] = []
    await using raw = await startRawOrigin((socket, head) => {
      asked.push(socket)
      if (head.includes('bytes=0-9')) socket.write(text)
      if (closes) socket.end()
    })
    const version = { url: raw.url, completeLength: 10, etag: { opaque: 'one', weak: false } }
    const reader = closes ? origin : hasty
    expect(await faultOf(reader.readBytes(version, range))).toMatchObject({ fault })
    expect(await faultOf(readAll(reader, version))).toMatchObject({ fault })
    await expect.poll(() => asked.every(({ destroyed }) => destroyed)).toBe(true)
  })

  it('may end a body by closing, if all of it has come', async () => {
    await using raw = await startRawOrigin((socket) => socket.end(`${HEAD}\r\n0123456789`))
    const version = { url: raw.url, completeLength: 10, etag: { opaque: 'one', weak: false } }
    expectSame(await readAll(origin, version), Buffer.from('0123456789'))
  })

  it('is not there at all', async () => {
    const version = { url: 'http://127.0.0.1:1/', completeLength: 10 }
    expect(await faultOf(origin.readBytes(version, range))).toEqual({
      fault: 'unreachable',
      status: undefined,
    })
  })
})
