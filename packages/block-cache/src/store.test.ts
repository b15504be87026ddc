import type { RangeBytes } from '@rangekit/range-core'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { describe, expect, it } from 'vitest'
import { MapStore, type MapStoreOptions } from '../test/support/map-store.ts'
import { filmOrigin } from '../test/support/origin.ts'
import { type CachedSource, type CachedSourceOptions, cachedSource } from './cached-source.ts'
import type { CacheEvent } from './events.ts'

const BLOCK = 1000
const LENGTH = 10 * BLOCK - 1
const film = positionBytes(LENGTH)

function filmCache(storeOptions: MapStoreOptions = {}, options: CachedSourceOptions = {}) {
  const origin = filmOrigin(LENGTH)
  const store = new MapStore(storeOptions)
  const events: CacheEvent[] = []
  const cache = (more: CachedSourceOptions = {}) =>
    cachedSource(origin, {
      blockSize: BLOCK,
      memory: 0,
      store,
      scope: 'films',
      onEvent: (event) => void events.push(event),
      ...options,
      ...more,
    })
  return { origin, store, events, cache, source: cache() }
}

async function read(source: CachedSource, firstPos: number, lastPos: number): Promise<void> {
  const opened = await source.open('film')
  const bytes: RangeBytes = (await opened?.read({ firstPos, lastPos })) ?? new Uint8Array()
  const found = new Uint8Array(await new Response(bytes).arrayBuffer())
  await opened?.close()
  expect(sameBytes(found, film.subarray(firstPos, lastPos + 1))).toBe(true)
}

describe.each<[string, MapStoreOptions]>([
  ['that answers at once', {}],
  ['that answers later', { isSlow: true }],
  ['that learns what it has only by looking', { isSlow: true, knows: false, shows: true }],
])('a store %s', (_, storeOptions) => {
  it('keeps what was read, also for the next process', async () => {
    const { origin, store, source, cache } = filmCache(storeOptions)
    await read(source, 0, LENGTH - 1)
    await expect.poll(() => store.blocks.size).toBe(10)
    origin.reads.length = 0
    await read(source, 500, 5499)
    await read(cache(), 0, LENGTH - 1)
    await read(cache({ memory: 5000 }), 10, 20)
    expect(origin.reads).toEqual([])
    expect([store.held, origin.openCount]).toEqual([0, 0])
  })

  it('is not asked for the blocks of another source, or of another size', async () => {
    const { origin, store, source, cache } = filmCache(storeOptions)
    await read(source, 0, LENGTH - 1)
    await expect.poll(() => store.blocks.size).toBe(10)
    await read(cache({ scope: 'other films' }), 0, 0)
    await read(cache({ blockSize: 500 }), 1000, 1000)
    expect(origin.reads.slice(-2)).toEqual([
      { firstPos: 0, lastPos: 999 },
      { firstPos: 1000, lastPos: 1499 },
    ])
  })
})

it('fetches only what the store does not have', async () => {
  const { origin, source, store } = filmCache()
  await read(source, 3500, 4500)
  await expect.poll(() => store.blocks.size).toBe(2)
  await read(source, 2500, 6500)
  expect(origin.reads.slice(1)).toEqual([
    { firstPos: 2000, lastPos: 2999 },
    { firstPos: 5000, lastPos: 6999 },
  ])
})

it('fetches what the store can no longer read, and reports that', async () => {
  let isBroken = false
  const fault = new Error('The disk is gone')
  const { origin, source, store, events } = filmCache({
    before(operation) {
      if (isBroken && operation === 'read') throw fault
    },
  })
  await read(source, 0, 999)
  await expect.poll(() => store.blocks.size).toBe(1)
  isBroken = true
  await read(source, 0, 999)
  expect(origin.reads).toHaveLength(2)
  expect(events).toContainEqual({ kind: 'fault', error: fault })
  expect(store.held).toBe(0)
})

it('does without a store that throws', async () => {
  const fault = new Error('The disk is full')
  const { source, events } = filmCache({
    knows: false,
    before() {
      throw fault
    },
  })
  await read(source, 0, LENGTH - 1)
  expect(events.filter(({ kind }) => kind === 'fault').length).toBeGreaterThan(9)
})

it('reports hits in the store, and counts them as cached', async () => {
  const { source, store, events } = filmCache()
  await read(source, 0, 1999)
  await expect.poll(() => store.blocks.size).toBe(2)
  events.length = 0
  await read(source, 990, 1009)
  expect(events).toEqual([
    { kind: 'hit', key: 'film', block: 0, bytes: 10, from: 'store' },
    { kind: 'hit', key: 'film', block: 1, bytes: 10, from: 'store' },
  ])
  const opened = await source.open('film')
  expect(opened?.cached({ firstPos: 0, lastPos: 1999 })).toBe('all')
  expect(opened?.cached({ firstPos: 0, lastPos: 2000 })).toBe('some')
  await opened?.close()
})
