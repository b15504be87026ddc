import { afterEach, describe, expect, it } from 'vitest'
import { LIVE_DEFECTS } from '../test/support/live-defects.ts'
import { type LiveDefect, sampleFile, startLive, type TestServer } from '../test/support/reference-server.ts'
import { renderReport } from './report/render.ts'
import type { Report } from './report/report.ts'
import { type ConformanceOptions, runConformance } from './run.ts'

let server: TestServer | undefined
afterEach(() => server?.close())

async function check(defect?: LiveDefect, options?: ConformanceOptions): Promise<Report> {
  server = await startLive(defect)
  return runConformance(server.url, options)
}

const broken = ({ results }: Report) =>
  results.flatMap((result) =>
    result.verdict === 'fail'
      ? result.findings.map(({ level, section, problem }) => `${result.id}: ${level} ${section}: ${problem}`)
      : [],
  )
const verdictsOn = ({ results }: Report, verdict: string) =>
  results.filter((result) => result.verdict === verdict).map(({ id }) => id)

describe('a server of a representation of unknown length', () => {
  it('passes every vector for that, and no other applies', async () => {
    const report = await check()
    expect(broken(report)).toEqual([])
    expect(verdictsOn(report, 'not-offered')).toEqual([])
    expect(verdictsOn(report, 'pass').length).toBeGreaterThan(45)
    expect(verdictsOn(report, 'pass').filter((id) => !id.startsWith('unknown-'))).toEqual([])
    expect(report.representation).toMatchObject({
      completeLength: undefined,
      currentLength: sampleFile.bytes.length,
    })
  })

  it('is not waited for', async () => {
    const { durationMs } = await check(undefined, { timeoutMs: 30_000 })
    expect(durationMs).toBeLessThan(15_000)
  })

  it('is found when the first request of all has no answer', async () => {
    let asked = 0
    const report = await check(
      (_answer, _request, response) => {
        if (asked++ > 0) return
        response?.destroy()
      },
      { timeoutMs: 300, only: ['unknown-live'] },
    )
    expect(report.representation.currentLength).toBe(sampleFile.bytes.length)
  })

  it('breaks nothing when it sends what is there, and follows nothing', async () => {
    const report = await check((answer, { method }) => {
      const contentRange = answer.headers['Content-Range']
      if (method !== 'GET' || answer.status !== 206 || contentRange === undefined) return
      answer.isEndless = false
      answer.headers['Content-Range'] = contentRange.replace('9007199254740991', '99999')
      answer.headers['Content-Length'] = String(answer.body.length)
    })
    expect(broken(report)).toEqual([])
    expect(verdictsOn(report, 'not-offered')).toContain('unknown-live')
  })

  it('is reported with the bytes that are there', async () => {
    const text = renderReport(await check(undefined, { only: ['unknown-live'] }))
    expect(text).toContain('100000 bytes so far')
    expect(text).toContain('Total: 1/1 passed')
  })
})

describe('a server of an unknown length with a defect', () => {
  it.each(LIVE_DEFECTS)('fails for %s (%s)', async (_, id, rule, defect) => {
    const found = broken(await check(defect, { only: [id] }))
    expect(found.map((text) => text.split(': ')[1])).toContain(rule)
  })
})
