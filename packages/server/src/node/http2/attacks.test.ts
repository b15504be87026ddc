import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect } from 'node:net'
import { createHandler } from '@rangekit/range-handler'
import { expect, it, onTestFinished, vi } from 'vitest'
import { countingSource } from '../../../test/support/counting-source.ts'
import { ask, openSession, startHttp2 } from '../../../test/support/http2.ts'
import { BufferPool } from '../response/buffer-pool.ts'

/** How often an attacker repeats itself. Well past each limit; a million does not find more. */
const REPEATS = 3000
/** How many streams stall, on so many connections that each may have them. */
const STALLED = 300
const PER_CONNECTION = 100

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
/** GET, http, `/film.mp4` and the host `a`, in HPACK. */
const FIELDS = Buffer.from([0x82, 0x86, 0x04, 9, ...Buffer.from('/film.mp4'), 0x41, 1, 97])

/** A frame (9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.byteLength, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const PING = 6
const CONTINUATION = 9
const END_STREAM = 1
const END_HEADERS = 4

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
  ['settings', () => frame(SETTINGS, 0, 0, Buffer.from([0, 4, 0, 0, 0xff, 0xff]))],
  ['pings', () => frame(PING, 0, 0, Buffer.alloc(8))],
])('ends a connection that floods it with %s, and goes on with the others', async (_, flood) => {
  const { port, open } = await start()
  const other = await openSession(port)
  // It does not read what the server says.
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  onTestFinished(() => void socket.destroy())
  const ended = once(socket, 'close')
  socket.write(Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0)]))
  for (let repeat = 0; repeat < REPEATS && socket.writable; repeat++) socket.write(flood(repeat))
  expect((await ask(other, { ':path': '/film.mp4' })).status).toBe(200)
  socket.resume()
  await ended
  await expect.poll(open).toBe(0)
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
