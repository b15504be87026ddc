import { type ChaosOrigin, chaosFaults, startChaosOrigin } from '@rangekit/conformance/origin'
import { shared } from '@rangekit/test-kit/fixtures'
import { expect, it } from 'vitest'
import { httpSource } from '../src/http-source.ts'
import { readChaos } from './support/chaos-reads.ts'

/** Of each test. `RANGEKIT_READS=100000` for a longer run. */
const READS = Number(process.env['RANGEKIT_READS'] ?? 2000)
const SIZE = 256 * 1024
const CONCURRENCY = 50
const TIMEOUT_MS = 250
/** For as many reads as someone asks for. */
const TEST_TIMEOUT_MS = 60_000 + 20 * READS

const origin = shared(
  () => startChaosOrigin({ size: SIZE, rate: 0.2, stallMs: 2 * TIMEOUT_MS, slowMs: 50, retryAfter: 0 }),
  (started: ChaosOrigin) => started.close(),
)

it('reads the right bytes or fails clearly, whatever an origin does', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const source = httpSource(new URL('/', origin.url), {
    timeout: TIMEOUT_MS,
    keepFor: 20,
    redirect: 'follow',
    headers: { Authorization: 'Bearer secret' },
  })
  const outcomes = await readChaos(source, { size: SIZE, reads: READS, concurrency: CONCURRENCY })
  expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('wrong:'))).toEqual([])
  expect(outcomes.get('right')).toBeGreaterThan(READS / 2)

  const possible = chaosFaults.filter(({ kind }) => kind !== 'silent').map(({ name }) => name)
  expect(Object.keys(origin.counts.faults).sort()).toEqual(possible.sort())
  expect(origin.counts.away).toMatchObject({ requests: expect.any(Number), credentials: 0 })
  await expect.poll(() => origin.counts.responses).toBe(0)
})
