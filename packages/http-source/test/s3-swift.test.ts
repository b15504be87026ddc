import { createHandler } from '@rangekit/range-handler'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { hasSwift, type Swift, startSwift } from '@rangekit/test-kit/swift'
import { assert, asyncProperty, string, uniqueArray } from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { isObjectKey } from '../src/s3/bucket-url.ts'
import { OriginError, preferRedirect, type S3Bucket, type S3Options, s3Bucket } from '../src/s3.ts'
import { fetchLocally } from './support/fetch-locally.ts'

/** How many sets of keys are tried. */
const ROUNDS = 2

// A real S3 server, so that signatures, preconditions and lists are judged by someone else.
describe.skipIf(!hasSwift())('a bucket of Swift', () => {
  let swift: Swift
  beforeAll(async () => {
    swift = await startSwift()
  }, 60_000)
  afterAll(() => swift?.close())

  /** The bucket, with nothing kept between requests. */
  const open = (options: Partial<S3Options> = {}): S3Bucket => {
    const { endpoint, region, credentials, bucket } = swift
    return s3Bucket({ endpoint, region, credentials, bucket, keepFor: 0, ...options })
  }
  const readText = async (bucket: S3Bucket, key: string, firstPos: number, lastPos: number) => {
    const found = await bucket.source.open(key)
    const bytes = await found?.read({ firstPos, lastPos })
    await found?.close()
    return bytes && new Response(bytes).text()
  }

  describe('keeps the contract of a source: it', () => {
    const source = { open: (...args: Parameters<S3Bucket['source']['open']>) => open().source.open(...args) }
    const checks = rangeSourceChecks({
      source,
      put: (key, bytes) => swift.put(key, bytes),
      remove: (key) => swift.remove(key),
    })
    for (const { name, run } of checks) it(name, run)
  })

  describe('an object', () => {
    beforeEach(() => swift.put('film.mp4', '0123456789', { 'Content-Type': 'video/x-own' }))

    it('is described by what the store says', async () => {
      expect(await open().source.open('film.mp4')).toMatchObject({
        completeLength: 10,
        contentType: 'video/x-own',
        etag: { opaque: '781e5e245d69b566979b86e28d23f2c7', weak: false },
        lastModified: expect.any(Date),
      })
    })

    it('is read by range', async () => {
      expect(await readText(open(), 'film.mp4', 0, 0)).toBe('0')
      expect(await readText(open(), 'film.mp4', 3, 6)).toBe('3456')
      expect(await readText(open(), 'film.mp4', 7, 9)).toBe('789')
    })

    it('is found below a prefix only', async () => {
      await swift.put('films/a/b.mp4', 'ab')
      const below = open({ prefix: 'films/' })
      expect(await readText(below, 'a/b.mp4', 0, 1)).toBe('ab')
      expect(await below.source.open('film.mp4')).toBeUndefined()
    })

    it('is not read any more once it is another', async () => {
      const found = await open().source.open('film.mp4')
      await swift.put('film.mp4', 'abcdefghij')
      const reading = Promise.resolve(found?.read({ firstPos: 0, lastPos: 9 }))
      await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'SourceBusyError' }))
      expect(await readText(open(), 'film.mp4', 0, 9)).toBe('abcdefghij')
    })

    it('is found with the bucket in the host name', async () => {
      const endpoint = `http://${swift.virtualHost}`
      const hosted = open({ endpoint, pathStyle: false, fetch: fetchLocally })
      expect(await readText(hosted, 'film.mp4', 3, 6)).toBe('3456')
    })

    it('is signed for with a session token', async () => {
      const credentials = async () => ({ ...swift.credentials, sessionToken: 'a/b+c==' })
      expect(await readText(open({ credentials }), 'film.mp4', 3, 6)).toBe('3456')
    })
  })

  describe('refuses', () => {
    it.each([
      ['a wrong secret', { secretAccessKey: 'wrong' }],
      ['an unknown access key', { accessKeyId: 'test:nobody' }],
    ])('%s', async (_, wrong) => {
      await swift.put('a', 'a')
      const bucket = open({ credentials: { ...swift.credentials, ...wrong } })
      const refused = expect.objectContaining({ fault: 'refused', status: 403 })
      await expect(bucket.source.open('a')).rejects.toThrow(OriginError)
      await expect(bucket.source.open('a')).rejects.toThrow(refused)
      await expect(bucket.list()).rejects.toThrow(refused)
    })
  })

  describe('is listed', () => {
    const KEYS = ['a b+c%20d.txt', 'films/1.mp4', 'films/2.mp4', 'music/1.mp3', "z~*'()é&<.txt"]
    beforeAll(async () => {
      await swift.clear()
      await Promise.all([...KEYS, '.env', 'films/.secret/a', 'films/'].map((key) => swift.put(key, key)))
    })

    it('whole, without what is not served', async () => {
      const { objects, folders, next } = await open().list()
      expect(objects.map(({ key }) => key)).toEqual(KEYS)
      expect([folders, next]).toEqual([[], undefined])
      const [{ key, size, modified, etag } = { key: '' }] = objects
      const found = await open().source.open(key)
      expect([size, etag]).toEqual([found?.completeLength, found?.etag])
      expect(Math.abs((modified?.getTime() ?? 0) - Date.now())).toBeLessThan(600_000)
    })

    it('by folders, below a prefix', async () => {
      const top = await open().list({ delimiter: '/' })
      expect(top.objects.map(({ key }) => key)).toEqual([KEYS[0], KEYS[4]])
      expect(top.folders).toEqual(['films/', 'music/'])
      const films = await open().list({ delimiter: '/', prefix: 'films/' })
      expect(films.objects.map(({ key }) => key)).toEqual(['films/1.mp4', 'films/2.mp4'])
      const below = await open({ prefix: 'films/' }).list({ delimiter: '/' })
      expect(below.objects.map(({ key }) => key)).toEqual(['1.mp4', '2.mp4'])
    })

    it('page by page', async () => {
      const keys: string[] = []
      let after: string | undefined
      let pages = 0
      do {
        const page = await open().list({ limit: 2, after })
        keys.push(...page.objects.map(({ key }) => key))
        after = page.next
        pages++
      } while (after !== undefined)
      expect(keys).toEqual(KEYS)
      expect(pages).toBe(4)
    })
  })

  it('has keys of any characters, in lists, reads and URLs for others', async () => {
    const key = string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .map((text) => text.replaceAll('\0', '+'))
      .filter((text) => isObjectKey(text, ''))
    await assert(
      asyncProperty(uniqueArray(key, { minLength: 3, maxLength: 6 }), async (keys) => {
        await swift.clear()
        await Promise.all(keys.map((key) => swift.put(key, `of ${key}`)))
        const { objects } = await open().list()
        expect(objects.map(({ key }) => key).toSorted()).toEqual(keys.toSorted())
        for (const { key, size } of objects) {
          expect(await readText(open(), key, 0, size - 1)).toBe(`of ${key}`)
          const response = await fetch(await open().presign(key, { expiresIn: 60 }))
          expect([response.status, await response.text()]).toEqual([200, `of ${key}`])
        }
      }),
      { numRuns: ROUNDS, examples: [[['a b', 'a+b', 'a%2Fb', "~*'()!", 'é/ü', '\u{1f600}', '?#&=;@:$,']]] },
    )
  })

  describe('makes URLs for others', () => {
    beforeEach(() => swift.put('film.mp4', '0123456789', { 'Content-Type': 'video/mp4' }))

    it('that say how the response is saved', async () => {
      const url = await open().presign('film.mp4', {
        expiresIn: 60,
        download: "l'été 1+1.mp4",
        contentType: 'text/plain',
      })
      const response = await fetch(url)
      expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
      expect(response.headers.get('Content-Disposition')).toBe(
        `attachment; filename="l'_t_ 1+1.mp4"; filename*=UTF-8''l%27%C3%A9t%C3%A9%201%2B1.mp4`,
      )
      expect(await response.text()).toBe('0123456789')
    })

    it('that expire', async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 61_000 })
      const url = await open()
        .presign('film.mp4', { expiresIn: 60 })
        .finally(() => vi.useRealTimers())
      expect((await fetch(url)).status).toBe(403)
    })

    it('for whole downloads, and answers all else itself', async () => {
      const bucket = open()
      const handler = createHandler(bucket.source, { authorize: preferRedirect(bucket) })
      const ask = (init: RequestInit = {}, path = 'film.mp4?download') =>
        handler(new Request(`http://127.0.0.1/${path}`, init))

      const redirect = await ask()
      expect([redirect.status, redirect.headers.get('Cache-Control')]).toEqual([302, 'no-store'])
      const response = await fetch(redirect.headers.get('Location') ?? '')
      expect(response.headers.get('Content-Disposition')).toBe('attachment; filename="film.mp4"')
      expect(await response.text()).toBe('0123456789')

      const etag = response.headers.get('ETag') ?? ''
      expect((await ask({ headers: { Range: 'bytes=0-1' } })).status).toBe(206)
      expect((await ask({ headers: { 'If-None-Match': etag } })).status).toBe(304)
      expect((await ask({ headers: { 'If-Match': '"other"' } })).status).toBe(412)
      expect((await ask({ method: 'HEAD' })).headers.get('Content-Length')).toBe('10')
      expect((await ask({}, 'missing.mp4')).status).toBe(404)
    })
  })
})
