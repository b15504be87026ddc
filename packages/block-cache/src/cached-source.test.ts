import { setImmediate as turn } from 'node:timers/promises'
import type { RangeBytes, RangeSource } from '@rangekit/range-core'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { describe, expect, it, vi } from 'vitest'
import { filmOrigin, Origin, type OriginOptions } from '../test/support/origin.ts'
import { type CachedSourceOptions, cachedSource } from './cached-source.ts'
import type { CacheEvent } from './events.ts'

const BLOCK = 1024
const LENGTH = 64 * BLOCK - 100
const film = positionBytes(LENGTH)

async function collect(bytes: RangeBytes): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes
  return new Uint8Array(await new Response(bytes).arrayBuffer())
}

async function openFilm(source: RangeSource) {
  const opened = await source.open('film')
  if (opened === undefined) throw new Error('There is no film')
  return opened
}

/** Reads a range with a representation of its own. */
async function readOnce(source: RangeSource, firstPos: number, lastPos: number): Promise<void> {
  const opened = await openFilm(source)
  const bytes = await collect(await opened.read({ firstPos, lastPos }))
  await opened.close()
  expect(sameBytes(bytes, film.subarray(firstPos, lastPos + 1))).toBe(true)
}

/** A cache of a film, and what it reports. */
function filmCache(options: CachedSourceOptions = {}, behaviour: OriginOptions = {}) {
  const origin = filmOrigin(LENGTH, behaviour)
  const events: CacheEvent[] = []
  const source = cachedSource(origin, {
    blockSize: BLOCK,
    onEvent: (event) => void events.push(event),
    ...options,
  })
  return { origin, source, events }
}

/** Pieces wait until they are let through. */
function gate() {
  let open = Promise.withResolvers<void>()
  return {
    before: (_: number, signal?: AbortSignal) =>
      Promise.race([
        open.promise,
        new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      ]),
    pass: () => open.resolve(),
    fail: (error: Error) => {
      open.reject(error)
      open = Promise.withResolvers()
    },
  }
}

const blocks = (first: number, last = first) => ({
  firstPos: first * BLOCK,
  lastPos: Math.min((last + 1) * BLOCK, LENGTH) - 1,
})

describe('a range', () => {
  it('is fetched as whole blocks, and once', async () => {
    const { origin, source } = filmCache()
    await readOnce(source, 5 * BLOCK + 10, 5 * BLOCK + 12)
    await expect.poll(() => origin.openCount).toBe(0)
    await readOnce(source, 5 * BLOCK, 6 * BLOCK - 1)
    expect(origin.reads).toEqual([blocks(5)])
  })

  it('has its missing neighbours fetched with one read, around what is there', async () => {
    const { origin, source } = filmCache()
    await readOnce(source, 4 * BLOCK, 4 * BLOCK)
    await readOnce(source, 2 * BLOCK + 1, 7 * BLOCK)
    expect(origin.reads).toEqual([blocks(4), blocks(2, 3), blocks(5, 7)])
  })

  it('ends with a shorter last block', async () => {
    const { origin, source } = filmCache()
    await readOnce(source, LENGTH - 1, LENGTH - 1)
    expect(origin.reads).toEqual([blocks(63)])
  })

  it('in one block in memory is a view, and needs no promise', async () => {
    const { source } = filmCache()
    await readOnce(source, 0, 10)
    const opened = await openFilm(source)
    await expect.poll(() => opened.peek?.(0, 2000)?.byteLength).toBe(BLOCK)
    const bytes = opened.read({ firstPos: 100, lastPos: 199 })
    expect(bytes).toEqual(film.subarray(100, 200))
    expect(opened.readInto?.(new Uint8Array(10), 5)).toBe(10)
    await opened.close()
  })

  it('begins before its block is whole', async () => {
    const { pass, before } = gate()
    const { source } = filmCache(
      { blockSize: 10_000 },
      { piece: 100, before: (at, signal) => (at >= 300 ? before(at, signal) : undefined) },
    )
    const opened = await openFilm(source)
    const bytes = await opened.read({ firstPos: 0, lastPos: 99 })
    expect(bytes).toEqual(film.subarray(0, 100))
    await expect.poll(() => opened.peek?.(0, 1000)?.byteLength).toBe(300)
    pass()
    await expect.poll(() => opened.peek?.(0, 1000)?.byteLength).toBe(1000)
    await opened.close()
  })
})

describe('several readers of one block', () => {
  it('share one fetch, and the one that began it may leave', async () => {
    const { pass, before } = gate()
    const { origin, source } = filmCache({}, { before })
    const left = new AbortController()
    const first = await openFilm(source)
    const leaving = first.read(blocks(0), { signal: left.signal })
    const others = [readOnce(source, 0, BLOCK - 1), readOnce(source, 10, 20)]
    await expect.poll(() => origin.openCount).toBe(3)
    left.abort(new Error('It left'))
    await expect(leaving).rejects.toThrow('It left')
    await first.close()
    pass()
    await Promise.all(others)
    expect(origin.reads).toEqual([blocks(0)])
    await expect.poll(() => origin.openCount).toBe(0)
  })

  it('end the fetch when the last of them leaves, and the next one begins another', async () => {
    const { pass, before } = gate()
    const { origin, source, events } = filmCache({}, { before })
    const left = new AbortController()
    const readers = await Promise.all([openFilm(source), openFilm(source)])
    const reading = readers.map(async (reader) => reader.read(blocks(0), left))
    await expect.poll(() => origin.signals.length).toBe(1)
    expect(origin.signals[0]?.aborted).toBe(false)
    left.abort(new Error('They left'))
    for (const read of reading) await expect(read).rejects.toThrow('They left')
    expect(origin.signals[0]?.aborted).toBe(true)
    for (const reader of readers) await reader.close()
    await expect.poll(() => origin.openCount).toBe(0)
    pass()
    await readOnce(source, 0, BLOCK - 1)
    expect(origin.reads).toEqual([blocks(0), blocks(0)])
    expect(events[0]).toEqual({ kind: 'fetch', key: 'film', blocks: [0, 0], bytes: 0, isAhead: false })
  })

  it('all fail when their fetch does, and the next one tries again', async () => {
    const { pass, fail, before } = gate()
    const { origin, source } = filmCache({}, { before })
    const readers = await Promise.all([openFilm(source), openFilm(source)])
    const reading = readers.map(async (reader) => reader.read(blocks(0)))
    await expect.poll(() => origin.reads.length).toBe(1)
    await turn()
    fail(new Error('The origin is down'))
    for (const read of reading) await expect(read).rejects.toThrow('The origin is down')
    pass()
    const [again] = readers
    expect(await again?.read(blocks(0))).toEqual(film.subarray(0, BLOCK))
    for (const reader of readers) await reader.close()
    await expect.poll(() => origin.openCount).toBe(0)
    expect(origin.closedTwice).toBe(0)
  })

  it('in great number have each block fetched once', async () => {
    const { origin, source } = filmCache({}, { piece: 500, before: async () => void (await turn()) })
    const end = 8 * BLOCK
    const read = async (reader: number) => {
      const opened = await openFilm(source)
      const firstPos = (reader % 4) * BLOCK
      const bytes = await collect(await opened.read({ firstPos, lastPos: end - 1 }))
      await opened.close()
      return sameBytes(bytes, film.subarray(firstPos, end))
    }
    const all = await Promise.all(Array.from({ length: 1000 }, (_, reader) => read(reader)))
    expect(all.every(Boolean)).toBe(true)
    expect(origin.bytes).toBe(end)
    await expect.poll(() => origin.openCount).toBe(0)
    expect([origin.closedTwice, origin.closedWhileReading]).toEqual([0, 0])
  })
})

describe('what is not kept', () => {
  it.each([
    ['has no tag', { etag: undefined }],
    ['has a weak tag', { etag: { opaque: 'v1', weak: true } }],
    ['must not be stored', { cacheControl: 'private, no-store' }],
  ])('is a representation that %s: it is passed through', async (_, change) => {
    const { origin, source } = filmCache({}, { change: () => change })
    await readOnce(source, 0, 9)
    await readOnce(source, 0, 9)
    expect(origin.reads).toEqual([
      { firstPos: 0, lastPos: 9 },
      { firstPos: 0, lastPos: 9 },
    ])
    const opened = await source.open('film')
    expect(opened?.cached({ firstPos: 0, lastPos: 9 })).toBe('bypass')
    await opened?.close()
  })

  it('is a block of another version', async () => {
    const { origin, source } = filmCache()
    await readOnce(source, 0, LENGTH - 1)
    const old = await openFilm(source)
    const next = new Uint8Array(LENGTH).fill(7)
    origin.put('film', next, 'v2')
    const opened = await openFilm(source)
    expect(await collect(await opened.read(blocks(3)))).toEqual(next.subarray(0, BLOCK))
    expect(await collect(await old.read(blocks(3)))).toEqual(film.subarray(3 * BLOCK, 4 * BLOCK))
    await old.close()
    await opened.close()
  })

  it('is a block more than the memory holds', async () => {
    const { origin, source, events } = filmCache({ memory: 4 * BLOCK, readAhead: 0 })
    await readOnce(source, 0, LENGTH - 1)
    expect(events.filter(({ kind }) => kind === 'evict')).toHaveLength(60)
    origin.reads.length = 0
    await readOnce(source, 60 * BLOCK, LENGTH - 1)
    expect(origin.reads).toEqual([])
    await readOnce(source, 0, 0)
    expect(origin.reads).toEqual([blocks(0)])
  })
})

describe('read-ahead', () => {
  const sequence = async (options: CachedSourceOptions) => {
    // The range is too long for one read.
    const { origin, source, events } = filmCache({ memory: 32 * BLOCK, ...options })
    const opened = await openFilm(source)
    const target = new Uint8Array(BLOCK / 2)
    for (let position = 0; position < LENGTH; ) {
      const peeked = opened.peek?.(position, LENGTH - position)?.subarray(0, target.byteLength)
      position += peeked?.byteLength ?? (await opened.readInto?.(target, position)) ?? 0
    }
    await opened.close()
    await expect.poll(() => origin.openCount).toBe(0)
    expect(origin.bytes).toBe(LENGTH)
    return events.filter((event) => event.kind === 'fetch' && event.isAhead).length
  }

  it('fetches the next blocks of a reader that reads in sequence', async () => {
    expect(await sequence({})).toBeGreaterThan(10)
  })

  it('can be switched off', async () => {
    expect(await sequence({ readAhead: 0 })).toBe(0)
  })

  it('fetches nothing for a reader that jumps', async () => {
    const { origin, source } = filmCache()
    const opened = await openFilm(source)
    for (const block of [3, 9, 20, 2, 40, 41, 12]) {
      await collect(await opened.read({ firstPos: block * BLOCK + 7, lastPos: block * BLOCK + 9 }))
    }
    await opened.close()
    await expect.poll(() => origin.openCount).toBe(0)
    expect(origin.reads).toHaveLength(7)
  })
})

it('reports what came from where', async () => {
  const { source, events } = filmCache()
  await readOnce(source, 0, 2 * BLOCK - 1)
  await readOnce(source, BLOCK - 10, BLOCK + 19)
  expect(events).toEqual([
    { kind: 'fetch', key: 'film', blocks: [0, 1], bytes: 2 * BLOCK, isAhead: false },
    { kind: 'hit', key: 'film', block: 0, bytes: 10, from: 'memory' },
    { kind: 'hit', key: 'film', block: 1, bytes: 20, from: 'memory' },
  ])
})

it('serves on if its listener throws', async () => {
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const { source } = filmCache({
    onEvent() {
      throw new Error('The listener failed')
    },
  })
  await readOnce(source, 0, 9)
  await expect.poll(() => log.mock.calls.length).toBe(1)
  log.mockRestore()
})

it('knows how much of a range is cached', async () => {
  const { source } = filmCache()
  await readOnce(source, 0, 2 * BLOCK - 1)
  const opened = await source.open('film')
  expect(opened?.cached(blocks(0, 1))).toBe('all')
  expect(opened?.cached(blocks(1, 2))).toBe('some')
  expect(opened?.cached(blocks(2, 9))).toBe('none')
  await opened?.close()
})

it('finds nothing where the source has nothing, and throws what it throws', async () => {
  expect(await cachedSource(new Origin()).open('film')).toBeUndefined()
  const fault = new Error('The origin is down')
  const failing = cachedSource({ open: () => Promise.reject(fault) })
  await expect(failing.open('film')).rejects.toBe(fault)
  const throwing = cachedSource({
    open() {
      throw fault
    },
  })
  expect(() => throwing.open('film')).toThrow(fault)
})

it('refuses sizes that are not whole numbers, and a store without a scope', () => {
  const source = new Origin()
  expect(() => cachedSource(source, { blockSize: 0 })).toThrow(
    'blockSize must be a whole number from 1 on, not 0',
  )
  expect(() => cachedSource(source, { memory: -1 })).toThrow(RangeError)
  expect(() => cachedSource(source, { readAhead: 0.5 })).toThrow(RangeError)
  const store = { has: () => false, take: () => undefined, put() {} }
  expect(() => cachedSource(source, { store })).toThrow(TypeError)
})
