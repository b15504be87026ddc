import { createHandler } from '@rangekit/range-handler'
import { beforeEach, describe, expect, it } from 'vitest'
import { MapStore, type MapStoreOptions } from '../test/support/map-store.ts'
import { filmOrigin, type Origin } from '../test/support/origin.ts'
import { type CachedSourceOptions, cachedSource } from './cached-source.ts'

const BLOCK = 1024
const LENGTH = 64 * BLOCK - 100

/** What the origin is told when a film is opened for a range, which then is read. */
function reader(options: CachedSourceOptions = {}, origin: Origin = filmOrigin(LENGTH)) {
  const source = cachedSource(origin, { blockSize: BLOCK, memory: 16 * BLOCK, readAhead: 0, ...options })
  const handler = createHandler(source)
  return async (range: string) => {
    const request = new Request('http://localhost/film', { headers: { Range: `bytes=${range}` } })
    await (await handler(request)).bytes()
    await expect.poll(() => origin.openCount).toBe(0)
    return origin.likely.at(-1)
  }
}

const blocks = (first: number, last = first) => ({
  kind: 'int',
  firstPos: first * BLOCK,
  lastPos: (last + 1) * BLOCK - 1,
})

describe('a source is told which blocks will be fetched', () => {
  it.each([
    ['a range in a block', '2050-2060', blocks(2)],
    ['a range over blocks', '1000-3100', blocks(0, 3)],
    // Eight blocks, as half of the memory has room for.
    ['the longest range that is fetched at once', `0-${8 * BLOCK - 1}`, blocks(0, 7)],
    ['a longer one', `0-${8 * BLOCK}`, blocks(0)],
    ['a range to the end, which may be far', '2050-', blocks(2)],
    ['a suffix', '-5', undefined],
  ])('of a film that is not known: %s', async (_, range, expected) => {
    expect(await reader()(range)).toEqual(expected)
  })

  it('of a known film: those that are missing', async () => {
    const read = reader()
    await read(`${2 * BLOCK}-${2 * BLOCK}`)
    expect(await read(`${2 * BLOCK}-${2 * BLOCK + 5}`)).toBeUndefined()
    // What is there is read first, and so the rest is another read.
    expect(await read(`${2 * BLOCK}-${4 * BLOCK}`)).toBeUndefined()
    expect(await read(`${BLOCK}-${BLOCK}`)).toEqual(blocks(1))
    expect(await read(`0-${6 * BLOCK}`)).toEqual(blocks(0))
    expect(await read(`${LENGTH}-`)).toBeUndefined()
    expect(await read(`${LENGTH - 1}-`)).toEqual(blocks(63))
    expect(await read(`${60 * BLOCK}-`)).toEqual(blocks(60, 62))
    expect(await read(`${50 * BLOCK}-`)).toEqual(blocks(50))
  })

  it.each<[string, MapStoreOptions, unknown]>([
    ['is asked if it can tell at once', {}, blocks(2)],
    ['may have any block if it cannot', { knows: false }, undefined],
  ])('by a store, which %s', async (_, storeOptions, expected) => {
    const options = { memory: 0, store: new MapStore(storeOptions), scope: 'films' }
    const read = reader(options)
    expect(await read(`${2 * BLOCK}-${2 * BLOCK}`)).toEqual(expected)
    expect(await read(`${2 * BLOCK}-${2 * BLOCK}`)).toBeUndefined()
  })
})

describe('one version', () => {
  let origin: Origin
  beforeEach(() => {
    origin = filmOrigin(LENGTH)
  })

  it.each(['v1', 'v2'])(
    'is the same for all who read it, although %s was opened in between',
    async (between) => {
      const source = cachedSource(origin, { blockSize: BLOCK, memory: 4 * BLOCK })
      const film = origin.store.get('film')?.bytes ?? new Uint8Array()
      const open = async (tag: string) => {
        origin.put('film', film, tag)
        return source.open('film')
      }
      const first = await open('v1')
      await first?.read({ firstPos: 0, lastPos: 10 })
      await (await open(between))?.close()
      const again = await open('v1')
      await again?.read({ firstPos: 0, lastPos: 10 })
      expect(origin.reads).toHaveLength(1)
      await Promise.all([first?.close(), again?.close()])
    },
  )

  it('is forgotten with the last of its blocks, and found again', async () => {
    const read = reader({ memory: 2 * BLOCK }, origin)
    for (const index of [0, 5, 9, 0]) await read(`${index * BLOCK}-${index * BLOCK}`)
    expect(origin.reads.map(({ firstPos }) => firstPos / BLOCK)).toEqual([0, 5, 9, 0])
  })
})
