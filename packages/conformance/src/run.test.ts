import { afterEach, describe, expect, it } from 'vitest'
import { DEFECTS } from '../test/support/defects.ts'
import { referenceAnswer } from '../test/support/reference-answer.ts'
import {
  type Defect,
  sampleFile,
  startRaw,
  startReference,
  type TestServer,
} from '../test/support/reference-server.ts'
import type { Finding } from './judge/rules.ts'
import type { Report } from './report/report.ts'
import { type ConformanceOptions, runConformance } from './run.ts'
import { vectors } from './suite/vectors.ts'

let server: TestServer | undefined
afterEach(() => server?.close())

async function check(defect?: Defect, options?: ConformanceOptions, file = sampleFile): Promise<Report> {
  server = await startReference(defect, file)
  return runConformance(server.url, { timeoutMs: 1000, ...options })
}

const failures = ({ results }: Report) =>
  results.flatMap((result) =>
    result.verdict === 'fail'
      ? [`${result.id}: ${result.findings.map(({ problem }) => problem).join('; ')}`]
      : [],
  )

/** The findings of the only vector that was run. */
function findingsOf({ results: [result, ...more] }: Report): readonly Finding[] {
  expect(more).toEqual([])
  expect(result?.verdict).toBe('fail')
  return result?.verdict === 'fail' ? result.findings : []
}

describe('a conforming server', () => {
  it('passes every vector', async () => {
    const report = await check()
    expect(failures(report)).toEqual([])
    expect(report.results).toHaveLength(vectors.length)
    expect(report.totals.passed).toBeGreaterThan(400)
    expect(report.notes).toEqual([])
  })

  it.each([
    ['a weak tag', { ...sampleFile, etag: 'W/"Sample-1a"' }],
    ['one byte', { ...sampleFile, bytes: sampleFile.bytes.subarray(0, 1) }],
    ['no bytes', { ...sampleFile, bytes: Buffer.alloc(0) }],
    ['a thousand bytes', { ...sampleFile, bytes: sampleFile.bytes.subarray(0, 1000) }],
    ['a comma in its tag', { ...sampleFile, etag: '"a,b"' }],
    ['nine million bytes', { ...sampleFile, bytes: Buffer.alloc(9_000_000, sampleFile.bytes) }],
  ])('passes every vector for a representation with %s', async (_, file) => {
    expect(failures(await check(undefined, {}, file))).toEqual([])
  })

  it('passes with a note for a representation that has just changed', async () => {
    const lastModified = new Date(Math.floor(Date.now() / 1000) * 1000)
    const report = await check(undefined, {}, { ...sampleFile, lastModified })
    expect(failures(report)).toEqual([])
    expect(report.notes.join()).toContain('8.8.2.2')
  })
})

describe('a server without ranges', () => {
  it('fails nothing; what it does not offer is counted', async () => {
    const report = await check((answer, request) => {
      const { range: _, ...headers } = request.headers
      Object.assign(answer, referenceAnswer({ ...request, headers }, sampleFile))
      delete answer.headers['Accept-Ranges']
      return undefined
    })
    expect(failures(report)).toEqual([])
    expect(report.totals.notOffered).toBeGreaterThan(150)
  })

  it('breaks no MUST when it supports single ranges only', async () => {
    const report = await check((answer, request) => {
      const { range, ...headers } = request.headers
      if (range?.includes(',')) Object.assign(answer, referenceAnswer({ ...request, headers }, sampleFile))
      return undefined
    })
    expect(report.totals.failed.MUST).toBe(0)
    expect(failures(report).map((text) => text.split(':')[0])).toContain('several-ranges')
  })
})

describe('a server with a defect', () => {
  it.each(DEFECTS)('fails for %s (%s)', async (_, id, broken, defect) => {
    const report = await check(defect, { only: [id] })
    expect(findingsOf(report).map(({ level, section }) => `${level} ${section}`)).toContain(broken)
  })

  it('fails for extra bytes that the next response begins with', async () => {
    const defect: Defect = (answer, { method }, response) => {
      if (method !== 'GET' || answer.status !== 404) return undefined
      response.socket?.write('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\nsurplus')
      return 'sent'
    }
    const report = await check(defect, { only: ['next-after-missing'] })
    expect(findingsOf(report)[0]).toMatchObject({ level: 'MUST', section: '9112 §6.3' })
  })

  it('fails for a connection that it leaves open', async () => {
    server = await startRaw((socket) => {
      socket.on('data', (data) => {
        const body = String(data).startsWith('HEAD') ? '' : 'abc'
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${body}`)
      })
    })
    const report = await runConformance(server.url, { only: ['close-after-200'] })
    expect(findingsOf(report)[0]?.problem).toContain('open')
  })
})

describe('a server that stops answering', () => {
  const silent: Defect = (_, { headers }) => (headers['if-range'] === undefined ? undefined : 'sent')

  it('does not delay the run', async () => {
    const report = await check(silent, { timeoutMs: 100, section: '13.1.5' })
    const notRun = report.results.filter(
      (result) => result.verdict === 'not-applicable' && result.reason.startsWith('not run'),
    )
    expect(notRun.length).toBeGreaterThan(5)
    expect(report.totals.failed.MUST).toBeGreaterThan(5)
    expect(report.durationMs).toBeLessThan(8000)
  })

  it('is reported to onNoAnswer', async () => {
    let calls = 0
    const onNoAnswer = async () => {
      calls++
    }
    await check(silent, { timeoutMs: 100, only: ['if-range-other-tag'], onNoAnswer })
    expect(calls).toBe(1)
  })
})

describe('runConformance', () => {
  it('throws TypeError for what is not an http URL', async () => {
    await expect(runConformance('ftp://127.0.0.1/x')).rejects.toThrow(TypeError)
    await expect(runConformance('no url')).rejects.toThrow(TypeError)
  })

  it('throws RangeError for an unknown id and for an empty selection', async () => {
    await expect(runConformance('http://127.0.0.1/', { only: ['nothing'] })).rejects.toThrow(RangeError)
    await expect(runConformance('http://127.0.0.1/', { section: '99' })).rejects.toThrow(RangeError)
  })

  it('throws with the status when the URL is answered 404', async () => {
    server = await startReference()
    const url = new URL('/other', server.url)
    await expect(runConformance(url)).rejects.toThrow('404')
  })

  it('throws UnreachableError when the server does not answer', async () => {
    server = await startRaw(() => undefined)
    await expect(runConformance(server.url, { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'UnreachableError',
    })
  })

  it('runs only the vectors of a section and below, of a level and stricter', async () => {
    const { results } = await check(undefined, { section: '14.1', level: 'MUST' })
    expect(new Set(results.map(({ section }) => section))).toEqual(new Set(['9110 §14.1.2']))
    expect(results.every(({ level }) => level === 'MUST')).toBe(true)
  })
})
