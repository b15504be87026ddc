import { describe, expect, it, vi } from 'vitest'
import { blockBytes, blockId, isKept, keep, readBlock } from '../../test/support/blocks.ts'
import { type CacheLike, cacheApiBlocks } from './cache-api-blocks.ts'

/** A cache in memory. */
function memoryCache(): CacheLike & { readonly kept: Map<string, Response> } {
  const kept = new Map<string, Response>()
  return {
    kept,
    match: async (url) => kept.get(url)?.clone(),
    async put(url, response) {
      kept.set(url, response)
    },
  }
}

const id = blockId(3)

describe('a block in the Cache API', () => {
  it('is a response that any cache keeps, and that nobody outside can name', async () => {
    const cache = memoryCache()
    const store = cacheApiBlocks({ cache })
    await keep(store, id)
    const [[url, response] = []] = cache.kept
    expect(url).toMatch(/^https:\/\/blocks\.rangekit\.invalid\/[0-9a-f]{64}\/3-100$/)
    expect([response?.status, Object.fromEntries(response?.headers ?? [])]).toEqual([
      200,
      {
        'cache-control': 'public, max-age=31536000, immutable',
        'content-length': '100',
        'content-type': 'application/octet-stream',
      },
    ])
    expect(await isKept(store, id)).toBe(true)
    expect(await isKept(cacheApiBlocks({ cache }), id)).toBe(true)
  })

  it('is another one with another version, index or length', async () => {
    const cache = memoryCache()
    const store = cacheApiBlocks({ cache })
    await keep(store, id)
    for (const other of [blockId(2), blockId(3, 99), blockId(3, 100, 'v2')])
      expect(await store.take(other)).toBeUndefined()
    expect(store.has(id)).toBeUndefined()
  })

  it('is at hand as bytes, and can be read in pieces', async () => {
    const store = cacheApiBlocks({ cache: memoryCache() })
    await keep(store, id)
    const block = await store.take(id)
    expect(block?.bytes).toEqual(blockBytes(id))
    const target = new Uint8Array(8)
    expect(await block?.readInto(target, 97)).toBe(3)
    expect(target.subarray(0, 3)).toEqual(blockBytes(id).subarray(97))
    expect(await block?.readInto(target, 100)).toBe(0)
    block?.release()
  })

  it('keeps the Worker running until it is kept', async () => {
    const waitUntil = vi.fn()
    const put = Promise.withResolvers<void>()
    const store = cacheApiBlocks({ cache: { ...memoryCache(), put: () => put.promise }, waitUntil })
    void store.put(id, blockBytes(id))
    const [keeping] = waitUntil.mock.calls[0] ?? []
    const state = vi.fn()
    keeping.then(state)
    await Promise.resolve()
    expect(state).not.toHaveBeenCalled()
    put.resolve()
    await keeping
  })

  it('of another length than it should have is not kept, and not taken', async () => {
    const cache = memoryCache()
    const store = cacheApiBlocks({ cache })
    await store.put(id, new Uint8Array(99))
    expect(cache.kept.size).toBe(0)
    await keep(store, id)
    for (const url of cache.kept.keys()) cache.kept.set(url, new Response(new Uint8Array(99)))
    expect(await readBlock(store, id)).toBeUndefined()
  })

  it.each<[string, CacheLike | undefined]>([
    [
      'fails',
      {
        match: () => Promise.reject(new Error('too many calls')),
        put: () => Promise.reject(new Error('full')),
      },
    ],
    ['breaks off', { ...memoryCache(), match: async () => new Response(brokenBody()) }],
    ['is missing', undefined],
  ])('is not kept if the cache %s', async (_, cache) => {
    const store = cacheApiBlocks({ cache })
    await keep(store, id)
    expect(await store.take(id)).toBeUndefined()
  })

  it('is kept in caches.default by default', async () => {
    const cache = memoryCache()
    vi.stubGlobal('caches', { default: cache })
    await keep(cacheApiBlocks(), id)
    vi.unstubAllGlobals()
    expect(cache.kept.size).toBe(1)
  })
})

function brokenBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) })
}
