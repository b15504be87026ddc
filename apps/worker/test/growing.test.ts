import { renderReport, runConformance } from '@rangekit/conformance'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { startDev } from '../src/wrangler.ts'
import { growingBytes, LENGTH, THERE } from './support/growing-bytes.ts'
import { ask } from './support/workerd.ts'

const state = sharedFolder()
const worker = sharedServer(
  () =>
    startDev({
      entry: 'test/support/growing-worker.ts',
      state: state.path,
      port: 0,
      hostname: '127.0.0.1',
      silent: true,
    }),
  60_000,
)
const url = (name: string) => `http://127.0.0.1:${worker.port}/${name}`
const VERY_LARGE = '9007199254740991'

describe('what is still being written, on workerd,', () => {
  it('passes every vector for an unknown length', async () => {
    const report = await runConformance(url('endless'), { timeoutMs: 20_000 })
    const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
    expect(failed, renderReport(report)).toEqual([])
    expect(report.totals.notOffered).toBe(0)
    expect(report.totals.passed).toBeGreaterThan(45)
  })

  it.each([
    ['without Range', [], 200, 0],
    ['from a position that is there', [`Range: bytes=50001-${VERY_LARGE}`], 206, 50_001],
    ['from the next byte', [`Range: bytes=${THERE}-`], 206, THERE],
  ] as const)(
    'of unknown length is followed in chunks to its end: %s',
    async (_, fields, status, firstPos) => {
      const response = await ask(worker.port, 'GET /live', fields)
      expect(response).toMatchObject({ status, framing: 'chunked', complete: true })
      expect(response.body.equals(growingBytes(firstPos, LENGTH - 1))).toBe(true)
    },
  )

  it.each([
    ['all of it', [], 200, 0, LENGTH - 1],
    ['a range from what is there to what is not', ['Range: bytes=70000-250000'], 206, 70_000, 250_000],
    ['a range that is still to come', ['Range: bytes=290000-290009'], 206, 290_000, 290_009],
  ] as const)('of known length is waited for: %s', async (_, fields, status, firstPos, lastPos) => {
    const response = await ask(worker.port, 'GET /known', fields)
    expect(response).toMatchObject({ status, framing: 'content-length', complete: true })
    expect(response.body.equals(growingBytes(firstPos, lastPos))).toBe(true)
  })

  it('of known length has several ranges that are still to come', async () => {
    const response = await ask(worker.port, 'GET /known', ['Range: bytes=0-9,290000-290009'])
    expect(response).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(field(response, 'content-type')).toMatch(/^multipart\/byteranges/)
    expect(response.body.includes(Buffer.from(growingBytes(290_000, 290_009)))).toBe(true)
  })

  it.each([
    ['unknown', 'failing', 'chunked'],
    ['known', 'failing-known', 'content-length'],
  ])('of %s length breaks when its writer gives up', async (_, name, framing) => {
    const response = await ask(worker.port, `GET /${name}`)
    expect(response).toMatchObject({ status: 200, framing, complete: false, closed: true })
    expect(response.body.equals(growingBytes(0, response.body.length - 1))).toBe(true)
  })

  it.each(['left', 'left-known'])('is closed once when the client leaves: %s', async (name) => {
    const leaving = new AbortController()
    const { body } = await fetch(url(name), { signal: leaving.signal })
    await body?.getReader().read()
    leaving.abort()
    const closes = async () => (await fetch(url('closes'))).json()
    await expect.poll(closes, { timeout: 4000 }).toMatchObject({ [name]: 1 })
  })
})
