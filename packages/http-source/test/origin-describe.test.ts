import { inspect } from 'node:util'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Origin } from '../src/origin/origin.ts'
import type { OriginOptions } from '../src/origin/origin-options.ts'
import { DATE, described, expectSame, FILM, faultOf, readAll } from './support/film.ts'
import { filmServer } from './support/film-server.ts'
import { type Answer, serve } from './support/origin-server.ts'

const server = await filmServer()
const elsewhere = await filmServer()
const RIGHT = server.answer
const url = `${server.url}/film.mp4`
const origin = new Origin({ retries: 0 })
const LENGTH = FILM.bytes.byteLength

/** Answers HEAD as told, and reads right. */
function answerHead(answer: Answer): void {
  server.answer = (request, response, count) =>
    (request.method === 'HEAD' ? answer : RIGHT)(request, response, count)
}
const methods = () => server.seen.map(({ method, fields }) => `${method} ${fields['range'] ?? ''}`.trim())

describe('what is at a URL', () => {
  it('is described by one HEAD', async () => {
    const fields = {
      ...FILM.fields,
      'cache-control': 'max-age=5',
      'content-disposition': 'attachment',
      'content-language': 'es',
      'repr-digest': 'sha-256=:AAAA:, sha-512=:BBBB:, md5=:CCCC:',
      'set-cookie': 'a=b',
    }
    server.answer = (request, response) => serve({ ...FILM, fields }, request, response)
    expect(await origin.describe(url)).toEqual({
      url,
      redirectedFrom: undefined,
      completeLength: LENGTH,
      contentType: 'video/mp4',
      cacheControl: 'max-age=5',
      etag: { opaque: 'one', weak: false },
      lastModified: new Date(DATE),
      fields: { 'Content-Disposition': 'attachment', 'Content-Language': 'es' },
      digests: { 'sha-256': 'AAAA', 'sha-512': 'BBBB' },
    })
    expect(methods()).toEqual(['HEAD'])
    expect(server.seen[0]?.fields).toMatchObject({ 'accept-encoding': 'identity' })
    expect(server.seen[0]?.fields['want-repr-digest']).toContain('sha-256')
  })

  it.each([404, 410, 414])('is nothing after %d', async (status) => {
    server.answer = (_, response) => void response.writeHead(status).end()
    expect(await origin.describe(url)).toBeUndefined()
    expect(methods()).toEqual(['HEAD'])
  })

  it.each([400, 403, 405, 501])(
    'is described by its first range where HEAD is refused: %d',
    async (status) => {
      answerHead((_, response) => response.writeHead(status).end())
      expect(await origin.describe(url)).toMatchObject({ completeLength: LENGTH, contentType: 'video/mp4' })
      expect(methods()).toEqual(['HEAD', 'GET bytes=0-0'])
    },
  )

  it.each([
    ['no length', { 'transfer-encoding': 'chunked' }],
    ['a coding that fetch decodes', { 'content-encoding': 'gzip', 'content-length': '99' }],
    ['no ranges', { 'accept-ranges': 'none', 'content-length': '99' }],
    ['more bytes than numbers can count', { 'content-length': '9007199254740993' }],
  ])('is described by its first range where HEAD says %s', async (_, fields) => {
    answerHead((_, response) => response.writeHead(200, fields).end())
    expect(await origin.describe(url)).toMatchObject({ completeLength: LENGTH })
    expect(methods()).toEqual(['HEAD', 'GET bytes=0-0'])
  })

  it.each([
    ['416 and no byte', 416, { 'content-range': 'bytes */0', 'content-type': 'text/html' }],
    ['200 and no byte', 200, { 'content-length': '0' }],
  ])('may be empty: %s', async (_, status, fields) => {
    server.answer = (request, response) =>
      response.writeHead(request.method === 'HEAD' ? 405 : status, { ...fields }).end()
    expect(await origin.describe(url)).toMatchObject({ completeLength: 0, contentType: undefined })
  })

  it.each([
    [200, { 'content-length': '9' }, 'no-ranges'],
    [206, { 'content-range': 'bytes 0-0/*' }, 'no-length'],
    [206, { 'content-range': 'bytes 0-1/10' }, 'wrong-range'],
    [206, {}, 'wrong-range'],
    [416, { 'content-range': 'bytes */10' }, 'wrong-range'],
    [206, { 'content-range': 'bytes 0-0/10', 'content-encoding': 'gzip' }, 'encoded'],
    [401, {}, 'refused'],
    [403, {}, 'refused'],
    [418, {}, 'failed'],
    [500, {}, 'failed'],
    [503, {}, 'busy'],
  ])('is not known after %d %j', async (status, fields, fault) => {
    server.answer = (request, response) =>
      request.method === 'HEAD'
        ? response.writeHead(405).end()
        : response.writeHead(status, { ...fields }).end(gzipSync('a'))
    expect(await faultOf(origin.describe(url))).toEqual({ fault, status })
  })

  it.each<[string, Answer]>([
    ...[429, 500, 502, 503, 504].map((status): [string, Answer] => [
      `status ${status}`,
      (_, response) => response.writeHead(status).end(),
    ]),
    ['a broken connection', (request) => request.socket.destroy()],
  ])('is asked again, as often as `retries` allows, after %s', async (_, failing) => {
    server.answer = (request, response, count) =>
      count < 2 ? failing(request, response, count) : serve(FILM, request, response)
    expect(await new Origin({ retries: 2 }).describe(url)).toMatchObject({ completeLength: LENGTH })
    expect(methods()).toEqual(['HEAD', 'HEAD', 'HEAD'])
    server.seen.length = 0
    await expect(new Origin({ retries: 1 }).describe(url)).rejects.toMatchObject({ isTransient: true })
    expect(methods()).toEqual(['HEAD', 'HEAD'])
  })
})

describe('a redirect', () => {
  const headers = { authorization: 'Basic c2VjcmV0' }
  const to =
    (location: string, status = 302): Answer =>
    (request, response) =>
      request.url === '/film.mp4'
        ? response.writeHead(status, { location }).end('moved')
        : RIGHT(request, response, 0)

  it.each([301, 302, 303, 307, 308])('within the origin is followed: %d', async (status) => {
    server.answer = to('/other.mp4', status)
    const version = await described(new Origin({ headers }), url)
    expect(version).toMatchObject({ url: `${server.url}/other.mp4`, redirectedFrom: url })
    expectSame(await readAll(new Origin({ headers }), version), FILM.bytes)
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'HEAD /film.mp4',
      'HEAD /other.mp4',
      'GET /other.mp4',
    ])
    for (const { fields } of server.seen) expect(fields).toMatchObject(headers)
  })

  it.each([
    ['elsewhere', () => elsewhere.url, {}],
    ['to itself, again and again', () => '/film.mp4', {}],
    ['to another protocol', () => 'file:///etc/passwd', { redirect: 'follow' }],
    ['to a URL with a password', () => elsewhere.url.replace('//', '//a:b@'), { redirect: 'follow' }],
    ['nowhere', () => 'http://', { redirect: 'follow' }],
    ['at all, if none is allowed', () => '/other.mp4', { redirect: 'error' }],
  ] satisfies [string, () => string, OriginOptions][])('is not followed %s', async (_, location, options) => {
    server.answer = to(location())
    expect(await faultOf(new Origin(options).describe(url))).toEqual({ fault: 'redirected', status: 302 })
    expect(elsewhere.seen).toEqual([])
    expect(server.seen.length).toBeLessThanOrEqual(6)
  })

  it('elsewhere is followed on request, but without fields and signature', async () => {
    server.answer = to(`${elsewhere.url}/there.mp4`)
    const sign = ({ method, url, headers }: { method: 'GET' | 'HEAD'; url: string; headers: object }) => ({
      method,
      url,
      headers: { ...headers, 'X-Signature': 'secret' },
    })
    const following = new Origin({ redirect: 'follow', headers, sign })
    const version = await described(following, url)
    expectSame(await readAll(following, version, 5, 9), FILM.bytes.subarray(5, 10))
    expect(server.seen).toMatchObject([{ fields: { ...headers, 'x-signature': 'secret' } }])
    expect(elsewhere.seen).toHaveLength(2)
    for (const { fields } of elsewhere.seen) {
      expect(fields).not.toHaveProperty('authorization')
      expect(fields).not.toHaveProperty('x-signature')
    }
  })

  it('that leads back gets no fields either', async () => {
    server.answer = to(elsewhere.url)
    elsewhere.answer = (_, response) => response.writeHead(302, { location: `${server.url}/back.mp4` }).end()
    await new Origin({ redirect: 'follow', headers }).describe(url)
    expect(server.seen.map(({ path, fields }) => [path, fields['authorization']])).toEqual([
      ['/film.mp4', headers.authorization],
      ['/back.mp4', undefined],
    ])
  })

  it('is asked for again when the link that it led to has expired', async () => {
    let link = '/first'
    server.answer = (request, response) => {
      if (request.url === '/film.mp4')
        return response.writeHead(302, { location: elsewhere.url + link }).end()
      return response.writeHead(404).end()
    }
    elsewhere.answer = (request, response) =>
      request.url === link ? serve(FILM, request, response) : response.writeHead(403).end()
    const following = new Origin({ redirect: 'follow' })
    const version = await described(following, url)
    link = '/second'
    expectSame(await readAll(following, version), FILM.bytes)
    expect(elsewhere.seen.map(({ path }) => path)).toEqual(['/first', '/first', '/second'])
  })

  it('that only adds a slash is a folder: nothing is there', async () => {
    server.answer = to('/film.mp4/')
    expect(await origin.describe(url)).toBeUndefined()
  })
})

describe('a signature', () => {
  it('is made for each attempt, and cannot replace what binds a read to its version', async () => {
    server.answer = (request, response, count) =>
      count % 2 === 0 ? response.writeHead(500).end() : serve(FILM, request, response)
    let signed = 0
    const signing = new Origin({
      headers: { 'X-Own': 'own' },
      sign: async ({ method, url, headers }) => ({
        method,
        url: `${url}?signature=${signed++}`,
        headers: { ...headers, Authorization: method, Range: 'bytes=7-7', 'If-Match': '"none"' },
      }),
    })
    const version = await described(signing, url)
    expect(version.url).toBe(url)
    expectSame(await readAll(signing, version), FILM.bytes)
    expect(server.seen.map(({ path }) => path)).toEqual(
      [0, 1, 2, 3].map((index) => `/film.mp4?signature=${index}`),
    )
    expect(server.seen[3]?.fields).toMatchObject({
      'x-own': 'own',
      authorization: 'GET',
      'if-match': '"one"',
      range: `bytes=0-${LENGTH - 1}`,
    })
  })

  it('that takes forever ends with the signal', async () => {
    const sign = () => new Promise<never>(() => {})
    const waiting = new Origin({ sign, maxConnections: 1 })
    for (const _ of [1, 2]) {
      await expect(waiting.describe(url, AbortSignal.timeout(20))).rejects.toThrow(/timeout/)
    }
    const slow = new Origin({ sign, timeout: 20, retries: 0 })
    expect(await faultOf(slow.describe(url))).toEqual({ fault: 'timeout', status: undefined })
  })

  it('that cannot be made is the error of whoever signs', async () => {
    const sign = () => {
      throw new Error('No credentials')
    }
    await expect(new Origin({ sign }).describe(url)).rejects.toThrow('No credentials')
    expect(server.seen).toEqual([])
  })

  it('in a query is not in the text of an error', async () => {
    server.answer = (_, response) => response.writeHead(403).end()
    await expect(origin.describe(`${url}?X-Amz-Signature=secret`)).rejects.toThrow(
      /film\.mp4 was answered with 403$/,
    )
  })
})

describe('an error of fetch', () => {
  it.each([
    [
      'Deno',
      new TypeError('fetch failed', { cause: new Error('no answer (http://a.example/b?key=secret): 1') }),
    ],
    [
      'Bun',
      Object.assign(new Error('no answer'), { code: 'ECONNRESET', path: 'http://a.example/b?key=secret' }),
    ],
  ])('does not repeat a signature: %s', async (_, failure) => {
    const failing = new Origin({ retries: 0, fetch: () => Promise.reject(failure) })
    const error = await failing.describe(`${url}?key=secret`).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ fault: 'unreachable' })
    expect(inspect(error)).toMatch('no answer')
    expect(inspect(error)).not.toMatch('secret')
  })
})

describe('options that cannot be meant', () => {
  it.each([
    [{ timeout: 0 }, RangeError],
    [{ timeout: Number.POSITIVE_INFINITY }, RangeError],
    [{ retries: -1 }, RangeError],
    [{ maxConnections: Number.NaN }, RangeError],
    [{ headers: { Range: 'bytes=0-1' } }, TypeError],
    [{ headers: { 'if-match': '*' } }, TypeError],
    [{ headers: { a: 'b\r\nc: d' } }, TypeError],
  ])('are misuse: %j', (options, error) => {
    expect(() => new Origin(options)).toThrow(error)
  })
})
