import { setTimeout as sleep } from 'node:timers/promises'
import { renderReport, runConformance } from '@rangekit/conformance'
import { rangeSourceChecks } from '@rangekit/range-handler/testing'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { describe, expect, it } from 'vitest'
import { startDev } from '../src/wrangler.ts'
import { ask } from './support/workerd.ts'

// The Worker of this test has blocks of 10,000 bytes, and 5 of them in a request go through the cache.
const LENGTH = 123_456
const bytes = positionBytes(LENGTH)

const state = sharedFolder()
const worker = sharedServer(
  () =>
    startDev({
      entry: 'test/support/cached-worker.ts',
      state: state.path,
      port: 0,
      hostname: '127.0.0.1',
      silent: true,
    }),
  60_000,
)

const url = (path: string) => `http://127.0.0.1:${worker.port}/${path}`
const put = (name: string, content: Uint8Array<ArrayBuffer>) =>
  fetch(url(`put/${name}`), { method: 'PUT', body: content })
const get = (name: string, range: string) => ask(worker.port, `GET /small/${name}`, [`Range: bytes=${range}`])
/** What the bucket was asked since the last call. */
const asked = async (): Promise<string[]> => (await fetch(url('asked'))).json()

describe('blocks in the Cache API of workerd', () => {
  it('are read from the bucket once', async () => {
    await put('once.bin', bytes)
    await asked()
    for (const [range, firstPos, lastPos, reads] of [
      ['5-9', 5, 9, ['0+10000']],
      ['5-9', 5, 9, []],
      ['9990-10009', 9990, 10_009, ['10000+10000']],
      ['0-19999', 0, 19_999, []],
      ['-7', LENGTH - 7, LENGTH - 1, ['120000+3456']],
      ['-3456', LENGTH - 3456, LENGTH - 1, []],
    ] as const) {
      const response = await get('once.bin', range)
      expect(response).toMatchObject({ status: 206, complete: true, framing: 'content-length' })
      expect(response.body.equals(bytes.subarray(firstPos, lastPos + 1))).toBe(true)
      await expect.poll(asked, { timeout: 1000 }).toEqual(reads)
    }
  })

  it('are the first ones of a long range; the rest is one read of the bucket', async () => {
    await put('long.bin', bytes)
    await asked()
    for (const [range, firstPos, lastPos, reads] of [
      [
        '15000-',
        15_000,
        LENGTH - 1,
        ['10000+10000', '20000+10000', '30000+10000', '40000+10000', '50000+10000', '60000+63456'],
      ],
      ['15000-', 15_000, LENGTH - 1, ['60000+63456']],
      ['0-49999', 0, 49_999, ['0+10000']],
      ['0-50000', 0, 50_000, ['50000+1']],
    ] as const) {
      const response = await get('long.bin', range)
      expect(response).toMatchObject({ status: 206, complete: true, framing: 'content-length' })
      expect(response.body.equals(bytes.subarray(firstPos, lastPos + 1))).toBe(true)
      expect(await asked()).toEqual(reads)
    }
  })

  it('belong to one version', async () => {
    const other = bytes.toReversed()
    for (const content of [bytes, other, bytes]) {
      await put('changing.bin', content)
      const response = await get('changing.bin', '100-25000')
      expect(response.body.equals(content.subarray(100, 25_001))).toBe(true)
    }
    await asked()
    await get('changing.bin', '100-25000')
    expect(await asked()).toEqual([])
  })

  it('do not make a request wait for another one that reads the same', async () => {
    await put('many.bin', bytes)
    const all = await Promise.all(Array.from({ length: 20 }, () => get('many.bin', '5-45000')))
    for (const { body } of all) expect(body.equals(bytes.subarray(5, 45_001))).toBe(true)
  })
})

describe('R2 on workerd behind the Cache API, as a source,', () => {
  const names = rangeSourceChecks({ source: { open: async () => undefined }, put() {} }).map(
    ({ name }) => name,
  )

  it.each(names.map((name, index) => [name, index] as const))('%s', async (_, index) => {
    expect(await (await fetch(url(`contract/${index}`))).json()).toEqual({})
  })
})

it('passes every vector of the conformance checker', async () => {
  await put('film.mp4', bytes)
  // Last-Modified is sent once it is a second old.
  await sleep(1200)
  const report = await runConformance(url('api/stream/film.mp4'))
  const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
  expect(failed, renderReport(report)).toEqual([])
  expect(report.totals.passed).toBeGreaterThan(300)
}, 60_000)
