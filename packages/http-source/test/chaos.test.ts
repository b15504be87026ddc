import { cachedSource } from '@rangekit/block-cache'
import { type ChaosOrigin, chaosFaults, startChaosOrigin } from '@rangekit/conformance/origin'
import type { RangeSource } from '@rangekit/range-core'
import { shared } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { httpSource } from '../src/http-source.ts'
import { readChaos } from './support/chaos-reads.ts'

/** Half of them through a cache. `RANGEKIT_READS=50000` for a longer run. */
const READS = Number(process.env['RANGEKIT_READS'] ?? 10_000)
const KIB = 1024
const SIZE = 256 * KIB
const CONCURRENCY = 50
const TIMEOUT_MS = 500
/** For as many reads as someone asks for. */
const TEST_TIMEOUT_MS = 60_000 + 10 * READS

const origin = shared(
  () => startChaosOrigin({ size: SIZE, rate: 0.2, stallMs: 2 * TIMEOUT_MS, slowMs: 50, retryAfter: 0 }),
  (started: ChaosOrigin) => started.close(),
)

describe('on an origin that fails at random', { timeout: TEST_TIMEOUT_MS }, () => {
  it.each([
    ['httpSource', (source: RangeSource) => source],
    // Small, so that blocks are evicted and fetched again.
    ['a cache', (source: RangeSource) => cachedSource(source, { blockSize: 8 * KIB, memory: 512 * KIB })],
  ])('%s delivers right bytes, or fails clearly, and leaves nothing open', async (_, around) => {
    const source = httpSource(new URL('/', origin.url), {
      timeout: TIMEOUT_MS,
      keepFor: 20,
      redirect: 'follow',
      headers: { Authorization: 'Bearer secret' },
    })
    const outcomes = await readChaos(around(source), {
      size: SIZE,
      reads: READS / 2,
      concurrency: CONCURRENCY,
    })
    if (process.env['RANGEKIT_READS'] !== undefined) console.log(outcomes, origin.counts)
    expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('wrong:'))).toEqual([])
    expect(outcomes.get('right')).toBeGreaterThan(READS / 6)
    await expect.poll(() => origin.counts.responses).toBe(0)
  })

  it('meets every fault, and sends no credentials elsewhere', () => {
    const possible = chaosFaults.filter(({ kind }) => kind !== 'silent').map(({ name }) => name)
    expect(Object.keys(origin.counts.faults).sort()).toEqual(possible.sort())
    expect(origin.counts.away.requests).toBeGreaterThan(0)
    expect(origin.counts.away.credentials).toBe(0)
  })
})
