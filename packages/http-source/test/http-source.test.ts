import { mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { SourceBusyError } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { hasNginx, startNginx } from '@rangekit/test-kit/nginx'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { httpSource, OriginError } from '../src/index.ts'
import { baseUrl, keyUrl } from '../src/origin/key-url.ts'
import { DATE, expectSame, FILM } from './support/film.ts'
import { type Answer, type Stored, serve, startOrigin } from './support/origin-server.ts'

const stored = new Map<string, Stored>()
const RIGHT: Answer = (request, response) =>
  serve(stored.get(decodeURIComponent((request.url ?? '').slice('/base/'.length))), request, response)
const server = await startOrigin(RIGHT)
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  server.answer = RIGHT
  stored.clear()
  stored.set('film.mp4', FILM)
  server.seen.length = 0
})
const base = `${server.url}/base/`
const paths = () => server.seen.map(({ method, path }) => `${method} ${path}`)

describe('keeps the contract of a source through a node:http origin: it', () => {
  let version = 0
  const checks = rangeSourceChecks({
    source: httpSource(base, { keepFor: 0 }),
    put: (key, bytes) => void stored.set(key, { bytes, fields: { etag: `"${version++}"` } }),
    remove: (key) => void stored.delete(key),
  })
  for (const { name, run } of checks) it(name, run)
})

const isNginxHere = hasNginx()
describe.skipIf(!isNginxHere)('keeps the contract of a source through nginx: it', async () => {
  if (!isNginxHere) return
  const running = await startNginx()
  afterAll(() => running.stop())
  // Its tags are made of the time in seconds and the length.
  let seconds = Math.floor(Date.parse(DATE) / 1000)
  const checks = rangeSourceChecks({
    source: httpSource(running.url, { keepFor: 0 }),
    put(key, bytes) {
      const [path, aside] = [running.files.at(key), running.files.at('aside')]
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(aside, bytes)
      utimesSync(aside, ++seconds, seconds)
      renameSync(aside, path)
    },
    remove: (key) => rmSync(running.files.at(key)),
  })
  for (const { name, run } of checks) it(name, run)

  it('and passes on its validators', async () => {
    const path = running.files.put('film.mp4', FILM.bytes)
    const opened = await httpSource(running.url).open('film.mp4')
    expect(opened).toMatchObject({
      completeLength: FILM.bytes.byteLength,
      contentType: 'video/mp4',
      etag: { opaque: expect.stringMatching(/^[0-9a-f]+-[0-9a-f]+$/), weak: false },
      lastModified: new Date(Math.floor(statSync(path).mtimeMs / 1000) * 1000),
    })
  })
})

describe('a key', () => {
  it.each([
    ['a/b.mp4', 'a/b.mp4'],
    ['100% #1?.mp4', '100%25%20%231%3F.mp4'],
    ['é/ü.mp4', '%C3%A9/%C3%BC.mp4'],
    ['%2e%2e/secret', '%252e%252e/secret'],
    [String.raw`..\secret`, '..%5Csecret'],
    ['...', '...'],
    ['http://other.example', undefined],
    ['//other.example/x', undefined],
    ['@other.example/x', '%40other.example/x'],
    ['a:b', 'a%3Ab'],
    ['a\r\nHost: x', 'a%0D%0AHost%3A%20x'],
    ['', undefined],
    ['..', undefined],
    ['a/../b', undefined],
    ['a/./b', undefined],
    ['a\0', undefined],
    ['\ud800', undefined],
    ['é'.repeat(2000), undefined],
    ['a'.repeat(9000), undefined],
  ])('is encoded so that it stays below the base: %j', (key, path) => {
    const url = keyUrl('http://origin.example/base/', key)
    expect(url).toBe(path && `http://origin.example/base/${path}`)
    if (url === undefined) return
    expect(new URL(url).href).toBe(url)
    expect(decodeURIComponent(new URL(url).pathname)).toBe(`/base/${key}`)
  })

  it('that is none is never asked for', async () => {
    const source = httpSource(base)
    for (const key of ['', '../film.mp4', 'film.mp4/', '\ud800'])
      expect(await source.open(key)).toBeUndefined()
    expect(server.seen).toEqual([])
  })
})

describe('a base', () => {
  it('ends in a slash, or gets one', () => {
    expect(baseUrl('http://origin.example')).toBe('http://origin.example/')
    expect(baseUrl('http://origin.example/a b')).toBe('http://origin.example/a%20b/')
    expect(baseUrl(new URL('https://origin.example/a/'))).toBe('https://origin.example/a/')
  })

  it.each([
    '',
    '/films',
    'http://x/?a=b',
    'http://x/?',
    'http://x/#a',
    'http://x/#',
    'ftp://x/',
    'http://a:b@x/',
  ])('of another form is a TypeError: %j', (url) => {
    expect(() => httpSource(url)).toThrow(TypeError)
    expect(() => httpSource(url)).not.toThrow(/a:b/)
  })
})

describe('what the source reports', () => {
  it.each([
    ['video/x-own', 'video/x-own'],
    ['application/octet-stream', 'video/mp4'],
    [undefined, 'video/mp4'],
  ])('is the type of the origin, or one by the key where it says %s', async (type, expected) => {
    stored.set('film.mp4', { bytes: FILM.bytes, fields: { ...(type && { 'content-type': type }) } })
    expect(await httpSource(base).open('film.mp4')).toMatchObject({ contentType: expected })
  })

  it('is a 503 where the origin is busy, and the error of the origin else', async () => {
    const open = async (status: number) => {
      server.answer = (_, response) => response.writeHead(status).end()
      return httpSource(base, { retries: 0 }).open('film.mp4')
    }
    await expect(open(503)).rejects.toThrow(SourceBusyError)
    await expect(open(503)).rejects.toMatchObject({ cause: { fault: 'busy', status: 503 } })
    await expect(open(401)).rejects.toThrow(OriginError)
  })
})

describe('what is known of a key', () => {
  it('is kept for the time that keepFor says', async () => {
    for (const [keepFor, heads] of [
      [60_000, 1],
      [0, 3],
    ] as const) {
      server.seen.length = 0
      const source = httpSource(base, { keepFor })
      for (let count = 0; count < 3; count++) await source.open('film.mp4')
      expect(paths()).toEqual(Array(heads).fill('HEAD /base/film.mp4'))
    }
  })

  it('is asked for once by those who ask at the same time', async () => {
    const source = httpSource(base)
    const opened = await Promise.all([1, 2, 3, 4].map(() => source.open('film.mp4')))
    expect(opened.every((one) => one?.completeLength === FILM.bytes.byteLength)).toBe(true)
    expect(paths()).toEqual(['HEAD /base/film.mp4'])
  })

  it('is asked for as long as one of them waits', async () => {
    let answer = () => {}
    server.answer = (request, response) => {
      answer = () => serve(FILM, request, response)
    }
    const source = httpSource(base)
    const controllers = [new AbortController(), new AbortController()]
    const openings = controllers.map(({ signal }) => source.open('film.mp4', { signal }))
    const left = new Error('left')
    controllers[0]?.abort(left)
    await expect(openings[0]).rejects.toBe(left)
    await expect.poll(() => server.seen.length).toBe(1)
    answer()
    expect(await openings[1]).toBeDefined()

    // Nobody waits any more: the question ends, and the next one is another.
    const alone = new AbortController()
    const opening = httpSource(base).open('film.mp4', { signal: alone.signal })
    await expect.poll(() => server.seen.length).toBe(2)
    alone.abort(left)
    await expect(opening).rejects.toBe(left)
  })

  it('is not kept if there is nothing, or if it failed', async () => {
    stored.clear()
    const source = httpSource(base, { retries: 0 })
    expect(await source.open('film.mp4')).toBeUndefined()
    server.answer = (_, response) => response.writeHead(500).end()
    await expect(source.open('film.mp4')).rejects.toThrow(OriginError)
    server.answer = RIGHT
    stored.set('film.mp4', FILM)
    expect(await source.open('film.mp4')).toBeDefined()
  })

  it('is forgotten when a read finds another version: one error, then the new version', async () => {
    const options = { key: () => 'film.mp4', onError: () => {} }
    const handler = createHandler(httpSource(base, { keepFor: 60_000 }), options)
    const ask = (range: string) =>
      handler(new Request('http://rangekit.example/', { headers: { Range: `bytes=${range}` } }))
    const replace = (etag: string, mask: number) => {
      const bytes = FILM.bytes.map((byte) => byte ^ mask)
      stored.set('film.mp4', { bytes, fields: { etag } })
      return bytes
    }
    expect((await ask('5-9')).status).toBe(206)
    const two = replace('"two"', 2)
    expect((await ask('5-9')).status).toBe(503)
    expectSame(await (await ask('5-9')).bytes(), two.subarray(5, 10))

    // The head of a long range is sent before it is read.
    const three = replace('"three"', 3)
    await expect((await ask('0-299999')).bytes()).rejects.toThrow(SourceBusyError)
    expectSame(await (await ask('0-299999')).bytes(), three.subarray(0, 300_000))
  })

  it('is forgotten as well when the version changes in the middle of a body', async () => {
    const source = httpSource(base, { keepFor: 60_000 })
    const opened = await source.open('film.mp4')
    server.answer = (_, response) => {
      response.writeHead(206, { ...FILM.fields, 'content-range': 'bytes 0-300000/300001' })
      response.write(FILM.bytes.subarray(0, 1000), () => response.destroy())
      server.answer = RIGHT
      stored.set('film.mp4', { bytes: FILM.bytes.toReversed(), fields: { etag: '"two"' } })
    }
    const body = await opened?.read({ firstPos: 0, lastPos: 300_000 })
    await expect(new Response(body).bytes()).rejects.toThrow(SourceBusyError)
    expect(await source.open('film.mp4')).toMatchObject({ etag: { opaque: 'two' } })
  })

  it('is never read if there is no byte', async () => {
    stored.set('empty.bin', { bytes: new Uint8Array() })
    const handler = createHandler(httpSource(base))
    const response = await handler(new Request('http://rangekit.example/empty.bin'))
    expect(response.status).toBe(200)
    expect(await response.bytes()).toHaveLength(0)
    // No range of it can be described.
    expect(paths()).toEqual(['GET /base/empty.bin', 'HEAD /base/empty.bin'])
  })

  it('reaches a client as the origin has it, but for what is hop by hop', async () => {
    const fields = { ...FILM.fields, 'cache-control': 'max-age=5', 'content-language': 'es', 'x-own': 'a' }
    stored.set('film.mp4', { bytes: FILM.bytes, fields })
    const handler = createHandler(httpSource(base))
    const request = new Request('http://rangekit.example/film.mp4', { headers: { Range: 'bytes=5-9' } })
    const { headers } = await handler(request)
    expect(Object.fromEntries(headers)).toMatchObject({
      etag: '"one"',
      'cache-control': 'max-age=5',
      'content-language': 'es',
      'content-range': 'bytes 5-9/300001',
      'last-modified': DATE,
    })
    expect(headers.has('x-own')).toBe(false)
  })
})
