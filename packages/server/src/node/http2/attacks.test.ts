import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect } from 'node:net'
import { createHandler } from '@rangekit/range-handler'
import { expect, it, onTestFinished, vi } from 'vitest'
import { countingSource } from '../../../test/support/counting-source.ts'
import {
  ACK,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FIELDS,
  frame,
  goAwayCodes,
  HEADERS,
  opening,
  PING,
  RST_STREAM,
  SETTINGS,
} from '../../../test/support/frames.ts'
import { ask, openSession, startHttp2 } from '../../../test/support/http2.ts'
import { BufferPool } from '../response/buffer-pool.ts'

/** How often an attacker repeats itself. Well past each limit; a million does not find more. */
const REPEATS = 3000
/** How many pings are answered, and how many are sent at once: with 1000 answers that wait the connection ends. */
const [PINGS, BATCH] = [100_000, 500]
/** How many streams stall, on so many connections that each may have them. */
const STALLED = 300
const PER_CONNECTION = 100

async function start(options = {}) {
  const { source, open } = countingSource()
  return { ...(await startHttp2(createHandler(source, { onError() {} }), options)), open }
}

it.each<[string, (repeat: number) => Buffer]>([
  [
    'requests that are reset at once (CVE-2023-44487)',
    (repeat) => {
      const stream = 2 * repeat + 1
      const reset = frame(RST_STREAM, 0, stream, Buffer.from([0, 0, 0, 8]))
      return Buffer.concat([frame(HEADERS, END_HEADERS | END_STREAM, stream, FIELDS), reset])
    },
  ],
  [
    'a head without an end (CVE-2024-27316)',
    (repeat) =>
      repeat === 0
        ? frame(HEADERS, END_STREAM, 1, FIELDS)
        : frame(CONTINUATION, 0, 1, Buffer.from([0, 1, 97, 1, 97])),
  ],
  [
    'content without content (CVE-2019-9518)',
    (repeat) => (repeat === 0 ? frame(HEADERS, END_HEADERS, 1, FIELDS) : frame(DATA, 0, 1)),
  ],
  ['settings', () => frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 0xff, 0xff]))],
  ['pings', () => frame(PING, 0, 0, Buffer.alloc(8))],
])('ends a connection that floods it with %s, with GOAWAY, and goes on with the others', async (_, flood) => {
  const { port, open } = await start()
  const other = await openSession(port)
  // It does not read what the server says.
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const ended = once(socket, 'close')
  socket.write(opening())
  for (let repeat = 0; repeat < REPEATS && socket.writable; repeat++) socket.write(flood(repeat))
  expect((await ask(other, { ':path': '/film.mp4' })).status).toBe(200)
  const pieces: Buffer[] = []
  socket.on('data', (piece) => pieces.push(piece))
  await ended
  const [code] = goAwayCodes(Buffer.concat(pieces))
  // Which error it is differs between versions of Node.
  expect(code).toBeGreaterThan(constants.NGHTTP2_NO_ERROR)
  await expect.poll(open).toBe(0)
})

it('opens nothing for a request with very many fields', async () => {
  const { port, open } = await start()
  const session = await openSession(port)
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`x-${index}`, 'a']))
  const { status, code } = await ask(session, { ':path': '/film.mp4', ...many })
  expect([status, code]).toEqual([undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM])
  expect(open()).toBe(0)
  expect((await ask(session, { ':path': '/film.mp4' })).status).toBe(200)
})

it('holds nothing for a client that floods it with pings and reads the answers', async () => {
  const { port } = await start()
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  let received = 0
  socket.on('data', ({ byteLength }) => {
    received += byteLength
  })
  socket.write(Buffer.concat([opening(), frame(SETTINGS, ACK, 0)]))
  const batch = Buffer.concat(Array.from({ length: BATCH }, () => frame(PING, 0, 0, Buffer.alloc(8))))
  const memory = () => process.memoryUsage().external + process.memoryUsage().heapUsed
  const before = memory()
  for (let sent = 0; sent < PINGS; sent += BATCH) {
    const due = received + batch.byteLength
    socket.write(batch)
    while (received < due) await once(socket, 'data')
  }
  expect((memory() - before) / PINGS).toBeLessThan(100)
})

it(`holds a small buffer for each of ${STALLED} streams whose clients do not read, and resets them in time`, async () => {
  const take = vi.spyOn(BufferPool.prototype, 'take')
  onTestFinished(() => void take.mockRestore())
  const { port, open } = await start({ writeTimeout: 2000 })
  const ends: Promise<unknown>[] = []
  for (let count = 0; count < STALLED; count += PER_CONNECTION) {
    const session = await openSession(port, { settings: { initialWindowSize: 0 } })
    for (let index = 0; index < PER_CONNECTION; index++) {
      const stream = session.request({ ':path': '/long.mp4' }).on('error', () => {})
      ends.push(new Promise((resolve) => stream.once('close', () => resolve(stream.rstCode))))
    }
  }
  await expect.poll(open).toBe(STALLED)
  const bytes = take.mock.contexts.reduce<number>(
    (sum, pool) => sum + (pool instanceof BufferPool ? pool.size : 0),
    0,
  )
  expect(bytes / STALLED / 1024).toBeLessThan(20)
  expect(new Set(await Promise.all(ends))).toEqual(new Set([constants.NGHTTP2_INTERNAL_ERROR]))
  expect(open()).toBe(0)
})
