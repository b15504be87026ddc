import { createHash } from 'node:crypto'
import type { R2Bucket } from '@cloudflare/workers-types'
import { SourceBusyError } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { MemoryBucket } from '../test/support/memory-bucket.ts'
import { type R2BucketLike, r2Source } from './index.ts'

const bytes = new Uint8Array(200_000).map((_, index) => index % 251)

function bucketWith(
  key: string,
  ...options: Parameters<MemoryBucket['store']> extends [string, unknown, ...infer O] ? O : never
): MemoryBucket {
  const bucket = new MemoryBucket()
  bucket.store(key, bytes, ...options)
  return bucket
}

describe('keeps the contract of a source: it', () => {
  const bucket = new MemoryBucket()
  const checks = rangeSourceChecks({
    source: r2Source(bucket),
    put: (key, bytes) => bucket.store(key, bytes),
    remove: (key) => bucket.delete(key),
  })
  for (const { name, run } of checks) it(name, run)
})

describe('an object', () => {
  it('is described by its R2 metadata', async () => {
    const bucket = bucketWith('film.mp4', { sha256: true })
    expect(await r2Source(bucket).open('film.mp4')).toMatchObject({
      completeLength: bytes.byteLength,
      contentType: 'video/mp4',
      digests: { 'sha-256': createHash('sha256').update(bytes).digest('base64') },
      etag: { opaque: createHash('md5').update(bytes).digest('hex'), weak: false },
      lastModified: expect.any(Date),
    })
  })

  it('has the media type that it was stored with, or else one by its key', async () => {
    const stored = bucketWith('a.mp4', { httpMetadata: { contentType: 'video/x-own' } })
    expect(await r2Source(stored).open('a.mp4')).toMatchObject({ contentType: 'video/x-own' })
    const source = r2Source(bucketWith('a.mp4'), { contentType: (key) => `text/x-${key}` })
    expect(await source.open('a.mp4')).toMatchObject({ contentType: 'text/x-a.mp4' })
  })

  it('is sent with the fields that it was stored with', async () => {
    const bucket = bucketWith('a.txt', {
      httpMetadata: {
        cacheControl: 'max-age=5',
        contentDisposition: 'inline',
        contentEncoding: 'gzip',
        contentLanguage: 'es',
      },
    })
    expect(await r2Source(bucket).open('a.txt')).toMatchObject({
      cacheControl: 'max-age=5',
      fields: { 'Content-Disposition': 'inline', 'Content-Encoding': 'gzip', 'Content-Language': 'es' },
    })
  })

  it('is requested by one head and one get of exactly the range', async () => {
    const bucket = bucketWith('a.bin')
    const handler = createHandler(r2Source(bucket))
    const ask = async (range: string) => {
      bucket.asked.length = 0
      const response = await handler(new Request('http://bucket/a.bin', { headers: { Range: range } }))
      await response.arrayBuffer()
      return bucket.asked
    }
    expect(await ask('bytes=5-9')).toEqual(['head a.bin', 'get a.bin 5+5'])
    expect(await ask('bytes=5-')).toEqual(['head a.bin', 'get a.bin 5+199995'])
    expect(await ask('bytes=200000-')).toEqual(['head a.bin'])
  })
})

describe('a key', () => {
  it('is looked up under the prefix', async () => {
    const bucket = bucketWith('films/a.mp4')
    const source = r2Source(bucket, { prefix: 'films/' })
    expect(await source.open('a.mp4')).toBeDefined()
    expect(await source.open('films/a.mp4')).toBeUndefined()
    expect(bucket.asked).toEqual(['head films/a.mp4', 'head films/films/a.mp4'])
  })

  it.each(['', '/', 'a//b', 'a/', '/a', '.env', 'a/.env', '..', '../a', 'a/../b', 'é'.repeat(513)])(
    'is never looked up: %j',
    async (key) => {
      const bucket = bucketWith(key)
      expect(await r2Source(bucket).open(key)).toBeUndefined()
      expect(bucket.asked).toEqual([])
    },
  )

  it('may be as long as R2 allows, prefix included', async () => {
    const source = r2Source(bucketWith(`films/${'a'.repeat(1018)}`), { prefix: 'films/' })
    expect(await source.open('a'.repeat(1018))).toBeDefined()
    expect(await source.open('a'.repeat(1019))).toBeUndefined()
  })
})

describe('an object that changed after it was opened', () => {
  it.each([
    ['replaced', (bucket: MemoryBucket) => bucket.store('a.bin', bytes.toReversed())],
    ['deleted', (bucket: MemoryBucket) => bucket.delete('a.bin')],
  ])('is not read if it was %s', async (change, apply) => {
    const bucket = bucketWith('a.bin')
    const representation = await r2Source(bucket).open('a.bin')
    apply(bucket)
    const reading = Promise.resolve(representation?.read({ firstPos: 0, lastPos: 9 }))
    await expect(reading).rejects.toThrow(SourceBusyError)
    await expect(reading).rejects.toThrow(`The object was ${change} while it was read: a.bin`)
  })

  it('is still read if the same bytes were stored again', async () => {
    const bucket = bucketWith('a.bin')
    const representation = await r2Source(bucket).open('a.bin')
    bucket.store('a.bin', bytes)
    expect(await representation?.read({ firstPos: 1, lastPos: 3 })).toEqual(bytes.slice(1, 4))
  })
})

it('accepts the bucket binding of a Worker', () => {
  expectTypeOf<R2Bucket>().toExtend<R2BucketLike>()
})
