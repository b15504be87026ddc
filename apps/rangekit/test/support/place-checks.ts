import { renderReport, runConformance } from '@rangekit/conformance'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { expect } from 'vitest'
import type { TestServer } from './server.ts'

const MIB = 1024 * 1024
/** What a place has under {@link KEY}: more than a block of the cache. */
export const FILM = positionBytes(MIB + 100_007)
export const KEY = "films/My film's 100% (1).mp4"
/** Where the command serves it. */
export const PATH = pathOf(KEY)

/** What it has under {@link SHORT_KEY}, for the many requests of the conformance checker. */
export const SHORT = FILM.subarray(0, 100_007)
export const SHORT_KEY = "films/My short's 100% (1).mp4"

/** Milliseconds for what takes a few seconds: the machine may be busy. */
export const LIMIT = 90_000

/** Requests of each kind, and what is right. */
export async function expectRight({ port }: TestServer): Promise<void> {
  const ask = (line: string, ...fields: string[]) => exchange(port, line, fields)
  const whole = await ask(`GET ${PATH}`)
  expect([whole.status, field(whole, 'content-type'), sameBytes(whole.body, FILM)]).toEqual([
    200,
    'video/mp4',
    true,
  ])
  const etag = field(whole, 'etag') ?? ''
  expect(etag).toMatch(/^"/)
  for (const [range, first, last] of [
    ['0-0', 0, 0],
    [`${MIB - 3}-${MIB + 2}`, MIB - 3, MIB + 2],
    ['-5', FILM.length - 5, FILM.length - 1],
    [`${MIB}-`, MIB, FILM.length - 1],
  ] as const) {
    const { status, body } = await ask(`GET ${PATH}`, `Range: bytes=${range}`, `If-Range: ${etag}`)
    expect([range, status, sameBytes(body, FILM.subarray(first, last + 1))]).toEqual([range, 206, true])
  }
  const several = await ask(`GET ${PATH}`, `Range: bytes=0-3,${MIB}-${MIB + 3}`)
  expect(field(several, 'content-type')).toMatch(/^multipart\/byteranges/)
  expect(several.body.includes(Buffer.from(FILM.subarray(MIB, MIB + 4)))).toBe(true)
  const statuses = await Promise.all([
    ask(`GET ${PATH}`, `Range: bytes=${FILM.length}-`),
    ask(`GET ${PATH}`, `If-None-Match: ${etag}`),
    ask(`GET ${PATH}`, 'If-Match: "other"'),
    ask(`HEAD ${PATH}`),
    ask('GET /api/stream/films/none.mp4'),
    ask('GET /api/stream/films'),
    ask('GET /api/stream/%2e%2e/secret'),
    ask(`GET /watch/${PATH.slice('/api/stream/'.length)}`),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([416, 304, 412, 200, 404, 404, 404, 200])
}

/** The whole conformance checker. */
export async function expectConformance(server: TestServer): Promise<void> {
  const report = await runConformance(`${server.origin}${pathOf(SHORT_KEY)}`)
  const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
  expect(failed, `${renderReport(report)}\n${server.stderr}`).toEqual([])
  expect(report.totals.passed).toBeGreaterThan(440)
  expect(report.notes).toEqual([])
}

export async function expectCleanEnd(server: TestServer): Promise<void> {
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(server.stderr).toBe('')
}

function pathOf(key: string): string {
  return `/api/stream/${key.split('/').map(encodeURIComponent).join('/')}`
}
