import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rawExchange } from '../raw/exchange.ts'
import { headerValue } from '../raw/parse-response.ts'
import { NoAnswerError, type RawResponse } from '../raw/received.ts'
import { renderReport } from '../report/render.ts'
import { runConformance } from '../run.ts'
import { bytesAt, checkBytes } from './content.ts'
import { chaosFaults, defaultFaults, describeFaults, type FaultName } from './faults/catalog.ts'
import type { FaultEvent } from './options.ts'
import { type ChaosOrigin, startChaosOrigin } from './start.ts'

const SIZE = 100_000
const STALL_MS = 60
const PATH = '/film.bin'
const FIRST_POS = 10_000
const LAST_POS = 19_999
let origin: ChaosOrigin
let events: FaultEvent[] = []

beforeAll(async () => {
  origin = await startChaosOrigin({
    size: SIZE,
    rate: 0,
    stallMs: STALL_MS,
    slowMs: STALL_MS,
    onFault: (event) => events.push(event),
  })
})
afterAll(() => origin.close())
beforeEach(() => {
  origin.configure({ rate: 0 })
  events = []
})

/** Sends a request for a range, or HEAD, over a raw socket. */
function ask(method = 'GET', fields = '', path = PATH): Promise<RawResponse> {
  const { hostname: host, port } = new URL(origin.url)
  const range = method === 'GET' ? `Range: bytes=${FIRST_POS}-${LAST_POS}\r\n` : ''
  const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${range}${fields}\r\n`
  return rawExchange({ host, port: Number(port) }, head)
}

/** The same with a fault. */
function askWith(fault: FaultName, method = 'GET', fields = '', path = PATH): Promise<RawResponse> {
  origin.configure({ rate: 1, faults: [fault] })
  return ask(method, fields, path)
}

const fieldOf = ({ headers }: RawResponse, name: string) => headerValue(headers, name)
const versionsOf = ({ body }: RawResponse, position = FIRST_POS) => checkBytes(body, position).versions

describe('an origin without faults', () => {
  it('passes the checker', async () => {
    const report = await runConformance(origin.url)
    expect(report.totals.failed, renderReport(report)).toEqual({ MUST: 0, SHOULD: 0, MAY: 0 })
    expect(report.totals.passed).toBeGreaterThan(400)
  })

  it('serves any path, with versions of its own', async () => {
    const response = await askWith('change', 'GET', '', '/folder/other')
    expect([versionsOf(response), origin.version('/folder/other'), origin.version()]).toEqual([[2], 2, 1])
  })

  it.each(['/no-such-film', '/folder/', '//'])('has nothing at %s', async (path) => {
    expect((await ask('GET', '', path)).status).toBe(404)
  })

  it('fails where its port is taken, and listens nowhere then', async () => {
    const servers = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length
    const before = servers()
    await expect(startChaosOrigin({ port: Number(new URL(origin.url).port) })).rejects.toThrow('EADDRINUSE')
    await expect.poll(servers).toBe(before)
  })

  it('links to its file', async () => {
    const page = await fetch(new URL('/', origin.url))
    expect([page.headers.get('Content-Type'), await page.text()]).toEqual([
      'text/html',
      expect.stringContaining('<a href="film.bin">'),
    ])
  })
})

describe('a fault', () => {
  const SHORTER = LAST_POS - FIRST_POS + 1

  it('drop: ends the connection without a response', async () => {
    await expect(askWith('drop')).rejects.toThrow(NoAnswerError)
  })

  it.each(['cut', 'short', 'change-cut'] as const)(
    '%s: ends the connection within the body',
    async (fault) => {
      const { status, complete, closed, body } = await askWith(fault, 'GET', '', `/${fault}`)
      expect([status, complete, closed]).toEqual([206, false, true])
      expect(body.length).toBeLessThan(SHORTER)
      expect(origin.version(`/${fault}`)).toBe(fault === 'change-cut' ? 2 : 1)
    },
  )

  it('short-open: keeps the connection open with less than Content-Length', async () => {
    const begun = performance.now()
    expect(await askWith('short-open')).toMatchObject({ status: 206, complete: false, closed: true })
    expect(performance.now() - begun).toBeGreaterThan(STALL_MS - 5)
  })

  it.each(['stall-head', 'stall', 'slow'] as const)('%s: sends everything, later', async (fault) => {
    const begun = performance.now()
    const response = await askWith(fault)
    expect(response).toMatchObject({ status: 206, complete: true })
    expect(versionsOf(response)).toEqual([1])
    expect(performance.now() - begun).toBeGreaterThan(STALL_MS - 5)
  })

  it('trailing: sends bytes behind the response', async () => {
    const { complete, extraBytes } = await askWith('trailing')
    expect([complete, extraBytes.length]).toEqual([true, 32])
  })

  it('ignore-range: sends the whole', async () => {
    const response = await askWith('ignore-range')
    expect([response.status, response.body.length, versionsOf(response, 0)]).toEqual([200, SIZE, [1]])
  })

  it('less: sends the first half and says so', async () => {
    const response = await askWith('less')
    expect([response.body.length, fieldOf(response, 'Content-Range')]).toEqual([
      5000,
      'bytes 10000-14999/100000',
    ])
  })

  it('multipart: sends one part', async () => {
    const response = await askWith('multipart')
    expect(fieldOf(response, 'Content-Type')).toContain('multipart/byteranges')
    expect(fieldOf(response, 'Content-Range')).toBeUndefined()
    expect(Buffer.from(response.body).includes(Buffer.from(bytesAt(1, FIRST_POS, LAST_POS)))).toBe(true)
  })

  it('chunked: sends no Content-Length', async () => {
    const response = await askWith('chunked')
    expect([response.status, response.framing, versionsOf(response)]).toEqual([206, 'chunked', [1]])
  })

  it('gzip: compresses the range', async () => {
    const response = await askWith('gzip', 'GET', 'Accept-Encoding: identity\r\n')
    expect(fieldOf(response, 'Content-Encoding')).toBe('gzip')
    expect(checkBytes(gunzipSync(response.body), FIRST_POS)).toEqual({ versions: [1], wrongAt: undefined })
  })

  it('wrong-range: sends another range and says so', async () => {
    const response = await askWith('wrong-range')
    const [, position] = /^bytes (\d+)-\d+\/100000$/.exec(fieldOf(response, 'Content-Range') ?? '') ?? []
    expect(Number(position)).not.toBe(FIRST_POS)
    expect(checkBytes(response.body, Number(position))).toEqual({ versions: [1], wrongAt: undefined })
  })

  it.each([
    ['no-content-range', undefined, SHORTER],
    ['other-length', 'bytes 10000-19999/100001', SHORTER],
    ['short-length', 'bytes 10000-19999/100000', SHORTER / 2],
    ['long-length', 'bytes 10000-19999/100000', SHORTER + 8],
  ] as const)("%s: has a Content-Range that is not the body's", async (fault, field, length) => {
    const response = await askWith(fault)
    expect([response.complete, fieldOf(response, 'Content-Range'), response.body.length]).toEqual([
      true,
      field,
      length,
    ])
  })

  it('wrong-body: sends another range and does not say so', async () => {
    const response = await askWith('wrong-body')
    expect(fieldOf(response, 'Content-Range')).toBe('bytes 10000-19999/100000')
    expect(checkBytes(response.body, FIRST_POS).wrongAt).toBeDefined()
  })

  it.each([
    ['change', [2], '"version-2"'],
    ['change-silent', [2], '"version-1"'],
    ['torn', [1, 2], '"version-1"'],
    ['no-etag', [1], undefined],
    ['no-validators', [1], undefined],
    ['weak-etag', [1], 'W/"version-1"'],
  ] as const)('%s: has versions %j under the tag %s', async (fault, versions, etag) => {
    const response = await askWith(fault, 'GET', '', `/${fault}`)
    expect([versionsOf(response), fieldOf(response, 'ETag')]).toEqual([versions, etag])
    expect(fieldOf(response, 'Last-Modified') === undefined).toBe(fault === 'no-validators')
  })

  it('change: lets If-Match fail', async () => {
    expect((await askWith('change', 'GET', 'If-Match: "version-1"\r\n', '/matched')).status).toBe(412)
  })

  it('no-head: refuses HEAD, and only that', async () => {
    expect((await askWith('no-head', 'HEAD')).status).toBe(405)
    expect((await askWith('no-head')).status).toBe(206)
  })

  it.each(['403', '404', '416', '429', '500', '503'] as const)('%s: is that status', async (fault) => {
    const response = await askWith(fault)
    expect(response.status).toBe(Number(fault))
    expect(fieldOf(response, 'Retry-After')).toBe(['429', '503'].includes(fault) ? '1' : undefined)
  })

  it('redirect: leads to where the file is', async () => {
    origin.configure({ rate: 1, faults: ['redirect'] })
    const response = await fetch(origin.url)
    expect([response.status, response.url]).toEqual([200, origin.url.replace(PATH, `/moved${PATH}`)])
    expect(checkBytes(await response.bytes(), 0).versions).toEqual([1])
  })

  it('redirect-away: leads to another origin, which counts credentials', async () => {
    const response = await askWith('redirect-away')
    const location = fieldOf(response, 'Location') ?? ''
    expect(new URL(location).origin).not.toBe(new URL(origin.url).origin)
    const range = `bytes=${FIRST_POS}-${LAST_POS}`
    const followed = await fetch(location, { headers: { Range: range, Authorization: 'Bearer x' } })
    expect(checkBytes(await followed.bytes(), FIRST_POS)).toEqual({ versions: [1], wrongAt: undefined })
    expect(origin.counts.away).toEqual({ requests: 1, credentials: 1 })
  })

  it('redirect-loop: leads to itself', async () => {
    const response = await askWith('redirect-loop')
    const loop = await ask('GET', '', fieldOf(response, 'Location'))
    expect(fieldOf(loop, 'Location')).toBe(fieldOf(response, 'Location'))
  })
})

describe('the faults of a run', () => {
  const names = async (seed: number) => {
    const seen: string[] = []
    const onFault = ({ request, fault }: FaultEvent) => seen.push(`${request} ${fault}`)
    await using other = await startChaosOrigin({
      size: SIZE,
      seed,
      rate: 0.5,
      stallMs: 0,
      slowMs: 0,
      onFault,
    })
    for (let index = 0; index < 30; index++) await fetch(other.url, { method: 'HEAD' }).catch(() => undefined)
    return seen
  }

  it('are the same for the same seed', async () => {
    const seen = await names(7)
    expect(await names(7)).toEqual(seen)
    expect(await names(8)).not.toEqual(seen)
  })

  it('are reported and counted, with what was asked for', async () => {
    await askWith('500')
    expect(events).toEqual([
      {
        fault: '500',
        request: origin.counts.requests,
        method: 'GET',
        path: PATH,
        range: 'bytes=10000-19999',
      },
    ])
    const counts = await (await fetch(new URL('/counts', origin.url))).json()
    expect(counts).toEqual(JSON.parse(JSON.stringify(origin.counts)))
    expect(counts.faults['500']).toBe(2)
  })

  it('are by default those that a reader can notice', () => {
    const silent = chaosFaults.filter(({ kind }) => kind === 'silent').map(({ name }) => name)
    expect(silent).toEqual(['wrong-body', 'change-silent', 'torn'])
    expect(defaultFaults.filter((name) => silent.includes(name))).toEqual([])
    expect(defaultFaults.length + silent.length).toBe(chaosFaults.length)
  })

  it('are all described', () => {
    for (const { name, text } of chaosFaults) expect(describeFaults()).toMatch(`${name.padEnd(16)} ${text}`)
  })

  it.each([{ rate: 2 }, { rate: Number.NaN }, { size: 0 }, { faults: ['nothing' as FaultName] }])(
    'are not %j',
    async (options) => {
      await expect(startChaosOrigin(options)).rejects.toThrow(RangeError)
    },
  )
})
