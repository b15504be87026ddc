import { mkdirSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { childrenOf, openBelow } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { type EventReader, readEvents } from '../support/event-reader.ts'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const LARGE = 64 * 1024 * 1024

const folder = sharedFolder(({ put, putSparse }) => {
  put('a.txt', 'hello')
  put('b.bin', positionBytes(100_000))
  put('c 1&2.txt', 'hello')
  putSparse('large.bin', LARGE)
  putSparse('left.bin', LARGE)
  putSparse('lost.bin', LARGE)
})

const get = (port: number, name: string, ...fields: string[]) =>
  exchange(port, `GET /api/stream/${encodeURIComponent(name)}`, fields)

let count = 0

/** Makes a file of 100,000 bytes that no other test has asked for. */
function fresh(): string {
  count++
  folder.put(`${count}.bin`, positionBytes(100_000))
  return `${count}.bin`
}

const span = (firstPos: number, lastPos: number) => [firstPos, lastPos]

describe.each(runtime.ways)('the event stream, bodies sent $way', ({ args }) => {
  const server = sharedServer(() => startServer(folder.path, { args }))

  /** Runs an act while a stream listens, and returns the stream when so many transfers have ended. */
  async function during(query: string, count: number, act: (stream: EventReader) => Promise<unknown>) {
    const stream = await readEvents(server.port, query)
    try {
      await act(stream)
      await expect
        .poll(() => stream.transfers.filter(({ outcome }) => outcome !== undefined))
        .toHaveLength(count)
      return stream.transfers
    } finally {
      stream.leave()
    }
  }

  it('is an event stream that nothing stores or collects', async () => {
    const stream = await readEvents(server.port, 'key=none.bin')
    expect(stream.head).toMatch(/^HTTP\/1\.1 200 /)
    expect(stream.head).toMatch(/^content-type: text\/event-stream/im)
    expect(stream.head).toMatch(/^cache-control: no-store\r$/im)
    expect(stream.head).toMatch(/^x-accel-buffering: no\r$/im)
    stream.leave()
  })

  it('tells what was asked, what was answered and how it ended', async () => {
    const name = fresh()
    const [transfer] = await during(`key=${name}`, 1, () =>
      get(server.port, name, 'Range: bytes=10-19', 'User-Agent: a test', 'Cookie: secret=1'),
    )
    expect(transfer).toMatchObject({
      key: name,
      method: 'GET',
      status: 206,
      fields: { Range: 'bytes=10-19', 'User-Agent': 'a test' },
      answer: { 'Content-Range': 'bytes 10-19/100000', 'Content-Length': '10' },
      ranges: [[10, 19]],
      length: 10,
      completeLength: 100_000,
      bytesSent: 10,
      outcome: 'complete',
    })
    expect(JSON.stringify(transfer)).not.toContain('secret')
    expect(transfer?.startedAt).toBeGreaterThan(Date.now() - 60_000)
  })

  it.each([
    ['HEAD', 'HEAD', [], { status: 200, length: 0, ranges: [] }],
    ['a 304', 'GET', ['If-None-Match: *'], { status: 304, length: 0, fields: { 'If-None-Match': '*' } }],
    ['a 412', 'GET', ['If-Match: "other"'], { status: 412, fields: { 'If-Match': '"other"' } }],
    [
      'a 416',
      'GET',
      ['Range: bytes=100000-'],
      { status: 416, answer: { 'Content-Range': 'bytes */100000' } },
    ],
    ['several ranges', 'GET', ['Range: bytes=0-9,5000-'], { ranges: [span(0, 9), span(5000, 99_999)] }],
    ['another version', 'GET', ['Range: bytes=0-9', 'If-Range: "old"'], { status: 200, length: 100_000 }],
  ])('tells of %s', async (_, method, fields, expected) => {
    const name = fresh()
    const transfers = await during(`key=${name}`, 1, () =>
      exchange(server.port, `${method} /api/stream/${name}`, fields),
    )
    expect(transfers).toMatchObject([{ method, ...expected, outcome: 'complete' }])
  })

  it('tells how far a body is, and that its reader left', async () => {
    const transfers = await during('key=left.bin', 1, async (stream) => {
      const held = await hold(server.port, '/api/stream/left.bin')
      await expect.poll(() => stream.transfers[0]?.bytesSent).toBeGreaterThan(0)
      expect(stream.transfers[0]?.outcome).toBeUndefined()
      held.leave()
    })
    expect(transfers).toMatchObject([{ outcome: 'aborted', length: LARGE }])
    expect(transfers[0]?.bytesSent).toBeLessThan(LARGE)
  })

  it('tells that a file became shorter while it was sent', async () => {
    folder.putSparse('cut.bin', LARGE)
    const transfers = await during('key=cut.bin', 1, async () => {
      const held = await hold(server.port, '/api/stream/cut.bin')
      truncateSync(folder.at('cut.bin'), 1000)
      await held.finish()
    })
    expect(transfers).toMatchObject([{ outcome: 'failed' }])
  })

  it('begins with what happened in the last half minute of a key that is watched', async () => {
    await during(`key=${encodeURIComponent('c 1&2.txt')}`, 1, () => get(server.port, 'c 1&2.txt'))
    await get(server.port, 'c 1&2.txt', 'Range: bytes=0-0')
    const later = await during(`key=${encodeURIComponent('c 1&2.txt')}`, 2, async () => {})
    expect(later.map(({ status }) => status)).toEqual([200, 206])
    expect(new Set(later.map(({ id }) => id)).size).toBe(2)
  })

  it('says nothing of other keys, and takes no path for one', async () => {
    const [asked, other] = [fresh(), fresh()]
    const transfers = await during(`key=${asked}&key=../${other}&key=`, 1, async () => {
      await get(server.port, other)
      await get(server.port, asked)
    })
    expect(transfers).toMatchObject([{ key: asked }])
  })

  it('tells of a body at most ten times a second', async () => {
    const stream = await readEvents(server.port, 'key=large.bin')
    const before = stream.messages.length
    const held = await hold(server.port, '/api/stream/large.bin')
    const startedAt = performance.now()
    await held.finish()
    await sleep(300)
    const seconds = (performance.now() - startedAt) / 1000
    expect(stream.messages.length - before).toBeLessThanOrEqual(2 + 10 * (seconds + 0.1))
    stream.leave()
  })

  it('tells that a folder has changed', async () => {
    mkdirSync(folder.at('films'), { recursive: true })
    const streams = [await readEvents(server.port, 'folder=films'), await readEvents(server.port, 'folder=')]
    await exchange(server.port, 'GET /api/videos?path=films')
    folder.put(`films/${fresh()}`, 'new')
    await expect.poll(() => streams[0]?.folders.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(streams[0]?.folders[0]).toEqual({ path: 'films', version: expect.any(String) })
    for (const stream of streams) stream.leave()
  })

  it('is no more than its head for HEAD', async () => {
    for (let round = 0; round < 70; round++) {
      expect((await exchange(server.port, 'HEAD /api/events?key=a.txt')).status).toBe(200)
    }
    const stream = await readEvents(server.port, 'key=a.txt')
    expect(stream.head).toMatch(/^HTTP\/1\.1 200 /)
    stream.leave()
  })

  it('is refused past 64, until readers leave', async () => {
    const streams = await Promise.all(Array.from({ length: 64 }, () => readEvents(server.port, 'key=a.txt')))
    const refused = await exchange(server.port, 'GET /api/events?key=a.txt')
    expect(refused.status).toBe(503)
    expect(field(refused, 'retry-after')).toBe('5')
    for (const stream of streams) stream.leave()
    await expect
      .poll(async () => {
        const stream = await readEvents(server.port, 'key=a.txt')
        stream.leave()
        return stream.head
      })
      .toMatch(/^HTTP\/1\.1 200 /)
  })

  it('leaves nothing open when its readers leave', async () => {
    const before = openBelow(server.pid, 'socket:').length
    const streams = await Promise.all(Array.from({ length: 20 }, () => readEvents(server.port, 'key=a.txt')))
    for (const stream of streams) stream.leave()
    await expect.poll(() => openBelow(server.pid, 'socket:').length).toBeLessThanOrEqual(before)
  })
})

describe('the event stream of a server that stops', () => {
  it('ends as a body does, and does not hold the server up', async () => {
    await using server = await startServer(folder.path, { args: ['--drain', '60s'] })
    const streams = await Promise.all([
      readEvents(server.port, 'key=a.txt'),
      readEvents(server.port, 'folder='),
    ])
    expect(await server.stop()).toBe(0)
    await expect.poll(() => streams.every(({ isClosed }) => isClosed)).toBe(true)
    expect(streams.map(({ isComplete }) => isComplete)).toEqual([true, true])
  })

  it('outlives the time in which clients have to read', async () => {
    await using server = await startServer(folder.path, { args: ['--write-timeout', '300ms'] })
    const stream = await readEvents(server.port, 'key=a.txt')
    await sleep(1500)
    await get(server.port, 'a.txt')
    await expect.poll(() => stream.transfers).toHaveLength(1)
    expect(stream.isClosed).toBe(false)
    stream.leave()
  })
})

describe.each(runtime.workers)('the event streams of %i workers', (count) => {
  const server = sharedServer(() => startServer(folder.path, { args: ['--workers', String(count)] }))

  it('tell of the transfers of all of them, each once', async () => {
    // So many connections reach each of the workers.
    const streams = await Promise.all(
      Array.from({ length: 4 * count }, () => readEvents(server.port, 'key=b.bin')),
    )
    for (let round = 0; round < 4 * count; round++) {
      await get(server.port, 'b.bin', `Range: bytes=${round}-${round}`)
    }
    const expected = Array.from({ length: 4 * count }, (_, round) => `bytes=${round}-${round}`)
    for (const stream of streams) {
      await expect.poll(() => stream.transfers.filter(({ outcome }) => outcome)).toHaveLength(4 * count)
      expect(stream.transfers.map(({ fields }) => fields['Range']).sort()).toEqual(expected.sort())
      stream.leave()
    }
  })

  it('tell that what a lost worker was sending has failed', async () => {
    const streams = await Promise.all(
      Array.from({ length: 4 * count }, () => readEvents(server.port, 'key=lost.bin')),
    )
    await hold(server.port, '/api/stream/lost.bin')
    const begun = () => streams.flatMap(({ transfers }) => transfers)
    await expect.poll(() => begun().length).toBe(streams.length)
    const pid = Number(/^w(\d+)-/.exec(begun()[0]?.id ?? '')?.[1])
    expect(childrenOf(server.pid)).toContain(pid)
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => streams.some(({ transfers }) => transfers[0]?.outcome === 'failed')).toBe(true)
    for (const stream of streams) stream.leave()
  })
})
