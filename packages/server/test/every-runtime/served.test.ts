import { setTimeout as sleep } from 'node:timers/promises'
import { hold } from '@rangekit/test-kit/download'
import { sharedServer } from '@rangekit/test-kit/fixtures'
import { converse, exchange, openSocket, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime, startScript } from '../support/growing-client.ts'

const LENGTH = 300_000
const LONG = 16 * 1024 * 1024

/** What the server prints of a request that has ended. */
interface Ended {
  readonly method?: string
  readonly target?: string
  readonly status: number
  readonly length?: number
  readonly bytesSent: number
  readonly outcome: string
  readonly cause?: string
  readonly range?: string
  readonly agent?: string
  readonly isSound: boolean
}

const WAYS = [
  ['from pooled buffers', 'pooled'],
  ['as streams', 'streams'],
] as const

describe.each(WAYS)('the record of a request whose response is sent %s', (_, way) => {
  const server = sharedServer(() => startScript('served-server.ts', way))

  const endedSoFar = () =>
    server.stdout
      .split('\n')
      .slice(1, -1)
      .map((line): Ended => JSON.parse(line))

  /** Does something, and returns the requests that have ended since, once there are as many as expected. */
  async function endedAfter(act: () => Promise<unknown>, count = 1): Promise<readonly Ended[]> {
    const before = endedSoFar().length
    await act()
    await expect.poll(() => endedSoFar().length - before, { interval: 5 }).toBeGreaterThanOrEqual(count)
    return endedSoFar().slice(before)
  }

  it.each<[string, string, number, readonly string[], Partial<Ended>]>([
    ['a range', 'GET /film.bin', 206, ['Range: bytes=5-9'], { length: 5, range: `bytes 5-9/${LENGTH}` }],
    ['several ranges', 'GET /film.bin', 206, ['Range: bytes=0-1,9000-9001'], {}],
    ['everything', 'GET /film.bin', 200, [], { length: LENGTH }],
    ['HEAD', 'HEAD /film.bin', 200, [], { length: 0 }],
    ['a 304', 'GET /film.bin', 304, ['If-None-Match: "a"'], { length: 0 }],
    ['a 416', 'GET /film.bin', 416, ['Range: bytes=99999999-'], { length: 0, range: `bytes */${LENGTH}` }],
    ['a 404', 'GET /none.bin?a=b', 404, [], { length: 22 }],
    ['a 405', 'PUT /film.bin', 405, [], { length: 0 }],
    ['a page', 'GET /page', 200, [], { length: 6 }],
    ['a 204', 'GET /nothing', 204, [], { length: 0 }],
    ['an unread field', 'GET /page', 200, ['User-Agent: a "\u00e9"'], { agent: 'a "\u00e9"' }],
    ['no host', 'GET /page', 400, ['Host: other'], { length: 24 }],
    ['a target without normal form', 'GET /a/../page', 404, [], { length: 22 }],
    ['a target that was normalized', 'GET /%70age', 200, [], { length: 6 }],
    ['a host of which no URL can be made', 'GET http://a:99999/page', 400, [], { length: 0 }],
  ])('is complete for %s', async (_, line, status, fields, expected) => {
    const [method = '', target] = line.split(' ')
    const response = { status: 0 }
    const ended = await endedAfter(async () =>
      Object.assign(response, await exchange(server.port, line, fields)),
    )
    const length = expected.length ?? ended[0]?.bytesSent
    const agent = expected.agent
    const record = { method, target, status, length, bytesSent: length, outcome: 'complete', isSound: true }
    expect(ended).toEqual([{ ...record, ...(agent && { agent }), ...expected }])
    expect(response.status).toBe(status)
  })

  it('has the bytes of a body whose length was not known', async () => {
    const ended = await endedAfter(() => exchange(server.port, 'GET /pieces'))
    expect(ended).toMatchObject([{ status: 200, bytesSent: 9, outcome: 'complete', isSound: true }])
  })

  it.each([
    ['fails before the head', '/dead.bin', 500, 'The disk is dead'],
    ['fails in the app', '/throws', 500, 'The app threw'],
    ['fails in the app later', '/rejects', 500, 'The app rejected'],
  ])('has the cause of what %s', async (_, path, status, cause) => {
    const [ended] = await endedAfter(() => exchange(server.port, `GET ${path}`))
    expect(ended).toMatchObject({ status, outcome: 'failed', cause: `Error: ${cause}`, isSound: true })
    expect(ended?.bytesSent).toBe(ended?.length)
  })

  it.each([
    ['of a file', '/broken.bin', 200, 'The disk broke'],
    ['of a stream', '/breaking', 200, 'The stream broke'],
  ])('has the cause of a break in the middle %s', async (_, path, status, cause) => {
    const [ended] = await endedAfter(() => exchange(server.port, `GET ${path}`).catch(() => {}))
    expect(ended).toMatchObject({ status, outcome: 'failed', cause: `Error: ${cause}`, isSound: true })
    expect(ended?.bytesSent).toBeGreaterThan(0)
    expect(ended?.bytesSent).toBeLessThan(ended?.length ?? 0)
  })

  it('is complete if a client that was slow has everything', async () => {
    const [ended] = await endedAfter(async () => (await hold(server.port, '/long.bin')).finish())
    expect(ended).toMatchObject({ status: 200, bytesSent: LONG, outcome: 'complete', isSound: true })
  })

  it('is aborted if the client leaves in the middle', async () => {
    const [ended] = await endedAfter(async () => (await hold(server.port, '/long.bin')).leave())
    expect(ended).toMatchObject({ status: 200, length: LONG, outcome: 'aborted', isSound: true })
    expect(ended?.bytesSent).toBeLessThan(LONG)
  })

  it.each([
    ['before there is a response', '/never', 499, 0],
    ['while the app has nothing to send', '/waiting', 200, 100],
  ])('is aborted if the client leaves %s', async (_, path, status, bytesSent) => {
    const ended = await endedAfter(async () => {
      const socket = await openSocket(server.port)
      socket.write(requestText(`GET ${path}`))
      await sleep(50)
      socket.destroy()
    })
    expect(ended).toMatchObject([{ target: path, status, bytesSent, outcome: 'aborted', isSound: true }])
  })

  it('is aborted for each pipelined request whose turn has not come when the client leaves', async () => {
    const paths = ['/page', '/never', '/film.bin', '/page']
    const ended = await endedAfter(async () => {
      const socket = await openSocket(server.port)
      socket.write(paths.map((path) => requestText(`GET ${path}`)).join(''))
      await sleep(50)
      socket.destroy()
    }, 4)
    const expected = [200, 499, 499, 499].map((status, index) => `${paths[index]} ${status}`)
    expect(ended.map(({ target, status }) => `${target} ${status}`).sort()).toEqual(expected.sort())
  })

  it.each<readonly [string, string, number]>([
    ['what is not HTTP', '\u0016\u0003\u0001\u0002\r\n\r\n', 400],
    ['another version', 'GET / HTTP/2.0\r\n\r\n', 505],
    ['a head that is too large', requestText('GET /', [`A: ${'a'.repeat(70_000)}`]), 431],
    ...(runtime === 'deno' ? [] : [['a head that comes too late', 'GET / HTTP/1.1\r\n', 408] as const]),
  ])('has no method for %s', async (_, text, status) => {
    let answer = ''
    const [ended] = await endedAfter(async () => {
      answer = String(await converse(server.port, text).catch(() => ''))
    })
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
    expect(ended?.status).toBe(status)
    expect(ended?.outcome).toBe('complete')
    expect(ended?.isSound).toBe(true)
  })
})
