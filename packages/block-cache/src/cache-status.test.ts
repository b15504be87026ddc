import type { RangeSource } from '@rangekit/range-core'
import { blobSource, createHandler } from '@rangekit/range-handler'
import { expect, it } from 'vitest'
import { cacheStatus } from './cache-status.ts'
import { cachedSource } from './cached-source.ts'

const data = new Uint8Array(5000)
const blobs = blobSource((key) => ({ data, etag: { opaque: 'v1', weak: key === 'weak' } }))
const source: RangeSource = {
  async open(key) {
    const found = await blobs.open(key)
    return found && key === 'secret' ? Object.assign(found, { cacheControl: 'no-store' }) : found
  },
}
const handler = createHandler(cachedSource(source, { blockSize: 1000 }), {
  fields: (request, _, found) => cacheStatus(request, found),
})

async function ask(fields: Record<string, string> = {}, path = 'strong', method = 'GET') {
  const response = await handler(new Request(`http://localhost/${path}`, { method, headers: fields }))
  await response.arrayBuffer()
  return [response.headers.get('Cache-Status'), response.headers.get('Server-Timing')]
}

it('tells whether the bytes were in the cache', async () => {
  const two = { Range: 'bytes=10-20' }
  expect(await ask(two)).toEqual(['rangekit; fwd=miss; stored', 'cache;desc=miss'])
  expect(await ask(two)).toEqual(['rangekit; hit', 'cache;desc=hit'])
  expect(await ask()).toEqual(['rangekit; fwd=partial; stored', 'cache;desc=partial'])
  expect(await ask()).toEqual(['rangekit; hit', 'cache;desc=hit'])
})

it('joins what it knows of several ranges', async () => {
  await ask({ Range: 'bytes=0-0' }, 'several')
  const [status] = await ask({ Range: 'bytes=0-9,3000-3009' }, 'several')
  expect(status).toBe('rangekit; fwd=partial; stored')
})

it.each([
  ['weak', 'no-strong-validator'],
  ['secret', 'no-store'],
])('tells that a representation is not cached at all, and why: %s', async (key, detail) => {
  expect(await ask({}, key)).toEqual([`rangekit; fwd=bypass; detail=${detail}`, 'cache;desc=bypass'])
})

it.each([
  ['a HEAD', {}, 'HEAD'],
  ['a 304', { 'If-None-Match': '"v1"' }, 'GET'],
  ['a 412', { 'If-Match': '"v2"' }, 'GET'],
  ['a 416', { Range: 'bytes=5000-' }, 'GET'],
])('has nothing to say of %s', async (_, fields, method) => {
  expect(await ask(fields, 'strong', method)).toEqual([null, null])
})

it('has nothing to say of what is not from a cache', () => {
  expect(cacheStatus(new Request('http://localhost/'), { completeLength: 5 })).toEqual({})
})
