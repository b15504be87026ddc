import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { runConformance } from '@rangekit/conformance'
import { createHandler } from '@rangekit/range-handler'
import { type RunningServer, serve } from '@rangekit/server'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { afterAll, expect, it } from 'vitest'
import { cachedSource } from '../src/cached-source.ts'
import { MapStore } from './support/map-store.ts'
import { Origin } from './support/origin.ts'

const servers: RunningServer[] = []
afterAll(() => Promise.all(servers.map((server) => server.stop(0))))

const film = positionBytes(300_001)
const sha256 = createHash('sha256').update(film).digest('base64')

/** A server of a slow origin behind a cache. */
async function start(options: object, store?: MapStore) {
  const origin = new Origin({
    piece: 50_000,
    before: async () => void (await turn()),
    change: () => ({
      digests: { 'sha-256': sha256 },
      contentType: 'video/mp4',
      lastModified: new Date('2026-01-01'),
    }),
  })
  origin.put('film', film, 'v1')
  const source = cachedSource(origin, { ...options, store, scope: 'films' })
  const server = await serve({ fetch: createHandler(source), port: 0 })
  servers.push(server)
  return { origin, url: `http://127.0.0.1:${server.port}/film` }
}

// Most of their time is waiting for connections to end.
it.concurrent.for<[string, object, MapStore | undefined]>([
  ['small blocks and little memory', { blockSize: 7000, memory: 30_000 }, undefined],
  ['a store', { blockSize: 64_000, memory: 0 }, new MapStore({ isSlow: true })],
])('serves an origin through %s by the rules', async ([, options, store], { expect }) => {
  const { origin, url } = await start(options, store)
  const { results } = await runConformance(url)
  expect(results.filter(({ verdict }) => verdict === 'fail')).toEqual([])
  expect(results.filter(({ verdict }) => verdict === 'pass').length).toBeGreaterThan(80)
  await expect.poll(() => origin.openCount).toBe(0)
  expect(origin.closedTwice).toBe(0)
})

it('sends films whole to clients that read slowly and at the same time', async () => {
  const { origin, url } = await start({ blockSize: 20_000, memory: 40_000 })
  const read = async () => {
    const pieces: Uint8Array[] = []
    const { body } = await fetch(url)
    for await (const piece of body ?? []) {
      pieces.push(piece)
      await turn()
    }
    return Buffer.concat(pieces).equals(film)
  }
  expect(await Promise.all(Array.from({ length: 20 }, read))).not.toContain(false)
  await expect.poll(() => origin.openCount).toBe(0)
})
