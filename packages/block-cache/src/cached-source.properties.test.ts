import { setImmediate as turn } from 'node:timers/promises'
import type { Representation } from '@rangekit/range-core'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MapStore } from '../test/support/map-store.ts'
import { filmOrigin } from '../test/support/origin.ts'
import { cachedSource } from './cached-source.ts'

/** The same code finds more with a larger number. */
const RUNS = 250

/** One read of a reader: where, how, and after how many turns or pieces it leaves, if it does. */
const readOf = (length: number) =>
  fc.record({
    from: fc.nat(length - 1),
    count: fc.integer({ min: 1, max: length }),
    how: fc.constantFrom('read', 'readInto', 'peek'),
    leavesAfter: fc.option(fc.nat(4), { nil: undefined, freq: 4 }),
    isAtOnce: fc.boolean(),
  })

type Read = { from: number; count: number; how: string; leavesAfter: number | undefined; isAtOnce: boolean }

const scenario = fc.integer({ min: 1, max: 3000 }).chain((length) =>
  fc.record({
    length: fc.constant(length),
    blockSize: fc.integer({ min: 50, max: 700 }),
    memory: fc.constantFrom(0, 100, 1000, 1_000_000),
    readAhead: fc.nat(3),
    piece: fc.integer({ min: 20, max: 1000 }),
    readsInto: fc.boolean(),
    /** The pieces of the origin that fail, of the first ones. */
    failing: fc.array(fc.nat(40), { maxLength: 3 }),
    store: fc.option(
      fc.record({
        isSlow: fc.boolean(),
        knows: fc.boolean(),
        shows: fc.boolean(),
        failing: fc.array(fc.nat(40), { maxLength: 3 }),
      }),
      { nil: undefined },
    ),
    readers: fc.array(
      fc.record({ starts: fc.nat(6), reads: fc.array(readOf(length), { minLength: 1, maxLength: 4 }) }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
)

const injected = new Error('It fails, as the property demands')
const left = new Error('The reader left')

/** Reads the range; rejects if it leaves. Checks every byte that it gets. */
async function perform(opened: Representation, read: Read, film: Uint8Array): Promise<void> {
  const { from, how, leavesAfter } = read
  const end = Math.min(from + read.count, film.byteLength)
  const leaving = new AbortController()
  const leave = async () => {
    for (let count = 0; count < (leavesAfter ?? 0); count++) await turn()
    leaving.abort(left)
  }
  if (leavesAfter !== undefined && how !== 'read') void leave()
  let position = from
  const got = (bytes: Uint8Array) => {
    expect(bytes.byteLength).toBeGreaterThan(0)
    expect(bytes.byteLength).toBeLessThanOrEqual(end - position)
    expect(sameBytes(bytes, film.subarray(position, position + bytes.byteLength))).toBe(true)
    position += bytes.byteLength
  }
  if (how === 'read') {
    const bytes = await opened.read({ firstPos: from, lastPos: end - 1 }, leaving)
    if (!(bytes instanceof ReadableStream)) {
      got(new Uint8Array(await new Response(bytes).arrayBuffer()))
    } else {
      const reader = bytes.getReader()
      for (let pieces = 0; ; pieces++) {
        if (pieces === leavesAfter) return reader.cancel()
        const { done, value } = await reader.read()
        if (done) break
        got(value)
      }
    }
  }
  while (position < end) {
    const peeked = how === 'peek' ? opened.peek?.(position, end - position) : undefined
    if (peeked !== undefined) {
      got(peeked)
    } else {
      const target = new Uint8Array(Math.min(end - position, 500))
      const count = (await opened.readInto?.(target, position, leaving)) ?? 0
      got(target.subarray(0, count))
    }
  }
}

it('gives every reader the right bytes or a fault of its own, and leaves nothing open', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const { length, failing, store: storeOptions, readers, ...options } = given
      const film = positionBytes(length)
      let pieces = 0
      let operations = 0
      const origin = filmOrigin(length, {
        piece: given.piece,
        readsInto: given.readsInto,
        async before(_, signal) {
          const piece = pieces++
          if (piece % 3 > 0) await turn()
          signal?.throwIfAborted()
          if (failing.includes(piece)) throw injected
        },
      })
      const store =
        storeOptions &&
        new MapStore({
          ...storeOptions,
          before() {
            if (storeOptions.failing.includes(operations++)) throw injected
          },
        })
      const source = cachedSource(origin, { ...options, store, scope: 'films' })
      const faults: unknown[] = []
      const readAll = async ({ starts, reads }: (typeof readers)[number]) => {
        for (let count = 0; count < starts; count++) await turn()
        const opened = await source.open('film')
        if (opened === undefined) throw new Error('There is no film')
        try {
          let beside: Promise<unknown>[] = []
          for (const read of reads) {
            const reading = perform(opened, read, film).catch((error: unknown) => {
              const mayLeave = read.leavesAfter !== undefined
              if (error !== injected && !(mayLeave && error === left)) faults.push(error)
            })
            beside.push(reading)
            if (read.isAtOnce) continue
            await Promise.all(beside)
            beside = []
          }
          await Promise.all(beside)
        } finally {
          await opened.close()
        }
      }
      await Promise.all(readers.map(readAll))
      for (let waited = 0; origin.openCount > 0 && waited < 200; waited++) await turn()
      expect(faults).toEqual([])
      expect([origin.openCount, origin.closedTwice, origin.closedWhileReading]).toEqual([0, 0, 0])
      if (store !== undefined) expect([store.held, store.readAfterRelease]).toEqual([0, 0])
    }),
    { numRuns: RUNS },
  )
})

it('fetches each block once where there is room for it, and nobody leaves', async () => {
  await fc.assert(
    fc.asyncProperty(
      scenario,
      async ({ length, blockSize, readers, piece, readsInto, store: storeOptions }) => {
        const film = positionBytes(length)
        const origin = filmOrigin(length, {
          piece,
          readsInto,
          before: async () => void (await turn()),
        })
        const store = storeOptions && new MapStore(storeOptions)
        const source = cachedSource(origin, { blockSize, readAhead: 0, store, scope: 'films' })
        const touched = new Set<number>()
        await Promise.all(
          readers.map(async ({ reads }) => {
            const opened = await source.open('film')
            if (opened === undefined) throw new Error('There is no film')
            for (const read of reads) {
              const last = Math.min(read.from + read.count, length) - 1
              for (let at = Math.floor(read.from / blockSize); at * blockSize <= last; at++) touched.add(at)
              await perform(opened, { ...read, leavesAfter: undefined }, film)
            }
            await opened.close()
          }),
        )
        for (let waited = 0; origin.openCount > 0 && waited < 200; waited++) await turn()
        const bytes = [...touched].map((block) => Math.min(blockSize, length - block * blockSize))
        expect(origin.bytes).toBe(bytes.reduce((sum, each) => sum + each, 0))
      },
    ),
    { numRuns: RUNS },
  )
})
