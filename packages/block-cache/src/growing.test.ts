import type { RangeBytes } from '@rangekit/range-core'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { describe, expect, it } from 'vitest'
import { cachedSource } from './cached-source.ts'

const BLOCK = 1024
const film = positionBytes(10 * BLOCK)

/** A cache of a film that is being written, how often it was read, and what is opened of the cache. */
function growingCache(isLengthKnown = true) {
  const bytes = new GrowingBytes(film, isLengthKnown)
  let reads = 0
  const source = cachedSource(
    {
      open() {
        const opened = bytes.open()
        const { read } = opened
        return Object.assign(opened, {
          read(...asked: Parameters<typeof read>): RangeBytes {
            reads++
            return read(...asked)
          },
        })
      },
    },
    { blockSize: BLOCK },
  )
  const open = async () => {
    const opened = await source.open('film')
    if (opened === undefined) throw new Error('There is no film')
    return opened
  }
  const read = async (firstPos: number, lastPos: number) => {
    const opened = await open()
    const read = await new Response(await opened.read({ firstPos, lastPos })).bytes()
    await opened.close()
    expect(read).toEqual(film.slice(firstPos, lastPos + 1))
  }
  return { bytes, open, read, reads: () => reads }
}

describe('a cache of something that is still being written', () => {
  it('passes it on with what is known of it at the moment, and waits with it', async () => {
    const { bytes, open } = growingCache()
    bytes.reach(10)
    const opened = await open()
    const state = () => [opened.completeLength, opened.isComplete, opened.frontier]
    expect(state()).toEqual([film.byteLength, false, 10])
    const waiting = opened.whenThere?.(10)
    bytes.reach(11)
    await waiting
    expect(opened.whenThere?.(10)).toBeUndefined()
    expect(state()).toEqual([film.byteLength, false, 11])
    bytes.finish()
    expect(state()).toEqual([film.byteLength, true, film.byteLength])
    await opened.close()
    expect(bytes.closes).toBe(1)
  })

  it('keeps nothing of it, and blocks of what is opened once it is complete', async () => {
    const { bytes, open, read, reads } = growingCache()
    bytes.reach(5 * BLOCK)
    const early = await open()
    expect(early.cached({ firstPos: 0, lastPos: 9 })).toBe('bypass')
    for (let time = 0; time < 3; time++) await read(0, 99)
    expect(reads()).toBe(3)
    bytes.finish()
    await read(0, 99)
    const before = reads()
    await read(0, 99)
    expect(reads()).toBe(before)
    const late = await open()
    expect([early, late].map((opened) => opened.cached({ firstPos: 0, lastPos: 9 }))).toEqual([
      'bypass',
      'all',
    ])
    await early.close()
    await late.close()
    expect(bytes.closes).toBe(bytes.opens)
  })

  it('keeps nothing of what had no length when it was opened', async () => {
    const { bytes, open, read, reads } = growingCache(false)
    bytes.finish()
    await read(0, 99)
    await read(0, 99)
    expect(reads()).toBe(2)
    const opened = await open()
    expect(opened.cached({ firstPos: 0, lastPos: 9 })).toBe('bypass')
    await opened.close()
  })
})

describe('a cache of something that is still being written keeps the contract: it', () => {
  const growing = new Map<string, GrowingBytes>()
  const checks = rangeSourceChecks({
    source: cachedSource({ open: (key) => growing.get(key)?.open() }),
    put() {},
    grow(key, completeLength) {
      const bytes = new GrowingBytes(new Uint8Array(300_001), completeLength !== undefined)
      growing.set(key, bytes)
      return {
        write: (piece) => bytes.write(piece),
        finish: () => bytes.finish(),
        fail: () => bytes.fail(new Error('The writer failed')),
      }
    },
    opened: () => [...growing.values()].reduce((sum, { opens, closes }) => sum + opens - closes, 0),
  }).filter(({ name }) => name.includes('if it grows'))

  it('is checked', () => expect(checks.length).toBeGreaterThan(10))
  for (const { name, run } of checks) it(name, run)
})
