import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Representation } from '@rangekit/range-core'
import { createHandler } from '@rangekit/range-handler'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { exchange, openSocket, requestText } from '@rangekit/test-kit/raw'
import { expect, it, onTestFinished, vi } from 'vitest'
// Bytes that are sent from a buffer after it was given back show as 0xdb.
import '../../../test/support/poison.ts'
import { connectionOf } from '../connection/connection.ts'
import { toNodeHandler } from '../door/to-node-handler.ts'
import { BufferPool } from './buffer-pool.ts'

const whole = positionBytes(300_000)

/** Serves something of which nothing is there yet, and keeps the server's side of its connections. */
async function start(change: Partial<Representation> = {}) {
  const bytes = new GrowingBytes(whole)
  const handler = createHandler({ open: () => Object.assign(bytes.open(), change) }, { onError() {} })
  const sockets: Socket[] = []
  const server = createServer(toNodeHandler(handler)).on('connection', (socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => server.close().closeAllConnections())
  return { bytes, sockets, port: (server.address() as AddressInfo).port }
}

/** How many pooled buffers are in use. */
function countBuffers() {
  const take = vi.spyOn(BufferPool.prototype, 'take')
  const give = vi.spyOn(BufferPool.prototype, 'give')
  onTestFinished(() => void vi.restoreAllMocks())
  return () => take.mock.calls.length - give.mock.calls.length
}

it('holds no buffer while it waits, and gives all of them back', async () => {
  const { bytes, port } = await start()
  const buffers = countBuffers()
  const answers = Array.from({ length: 30 }, () => exchange(port, 'GET /a'))
  for (const frontier of [10, 100_000, 200_000]) {
    await expect.poll(() => bytes.waiting).toBe(30)
    expect(buffers()).toBe(0)
    bytes.reach(frontier)
  }
  bytes.finish()
  for (const { complete, body } of await Promise.all(answers)) {
    expect([complete, sameBytes(body, whole)]).toEqual([true, true])
  }
  expect([buffers(), bytes.opens, bytes.closes]).toEqual([0, 30, 30])
})

it('leaves no listener behind, however often it waits', async () => {
  const { bytes, sockets, port } = await start()
  const client = await openSocket(port)
  client.resume().write(requestText('GET /a'))
  await expect.poll(() => bytes.waiting).toBe(1)
  const [socket] = sockets
  if (socket === undefined) throw new Error('There is no connection')
  const { last: outgoing, onClose } = connectionOf(socket)
  const listeners = () =>
    [socket, outgoing].map((emitter) => emitter?.eventNames().map((name) => emitter.listenerCount(name)))
  const before = listeners()
  for (let frontier = 1; frontier <= 100; frontier++) {
    expect([onClose.size, bytes.waiting]).toEqual([0, 1])
    bytes.reach(frontier)
    await expect.poll(() => bytes.waiting, { interval: 1 }).toBe(1)
  }
  expect(listeners()).toEqual(before)
  bytes.finish()
  await expect.poll(() => bytes.closes).toBe(1)
  expect([onClose.size, bytes.waiting]).toEqual([0, 0])
  client.destroy()
})

it('waits in its reads if its source waits nowhere else', async () => {
  const { bytes, port } = await start({ whenThere: () => undefined })
  const answer = exchange(port, 'GET /a')
  await expect.poll(() => bytes.waiting).toBe(1)
  bytes.finish()
  expect(sameBytes((await answer).body, whole)).toBe(true)
  expect(bytes.closes).toBe(1)
})

it('breaks if its source ends the wait and then gives nothing', async () => {
  const { bytes, port } = await start({ whenThere: () => Promise.resolve(), readInto: () => 0 })
  const { complete, body } = await exchange(port, 'GET /a')
  expect([complete, body.byteLength, bytes.closes]).toEqual([false, 0, 1])
})

it('breaks if its source cannot even begin to wait', async () => {
  const { bytes, port } = await start({
    whenThere() {
      throw new Error('The writer is unknown')
    },
  })
  expect((await exchange(port, 'GET /a')).complete).toBe(false)
  expect(bytes.closes).toBe(1)
})
