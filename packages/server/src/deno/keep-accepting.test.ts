import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { beforeEach, expect, it, vi } from 'vitest'
import { keepAccepting } from './keep-accepting.ts'

vi.mock('../runtime.ts', async (original) => ({ ...(await original<object>()), isDeno: true }))
vi.mock('node:fs/promises')

/** A listening socket at port 8000 on which one connection waits. */
const WAITING = '   0: 0100007F:1F40 00000000:0000 0A 00000000:00000001 00:00000000\n'

beforeEach(() => {
  vi.useFakeTimers()
  return () => vi.useRealTimers()
})

function watched() {
  // Its own listener wants a socket.
  const server = createServer().removeAllListeners('connection')
  const listen = vi.spyOn(server, 'listen').mockReturnValue(server)
  return { server, listen, stop: keepAccepting(server, 8000, '127.0.0.1') }
}

it('listens again if connections wait, and none is accepted', async () => {
  vi.mocked(readFile).mockResolvedValue(WAITING)
  const { listen, stop } = watched()
  await vi.advanceTimersByTimeAsync(600)
  expect(listen).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(500)
  expect(listen).toHaveBeenCalledTimes(1)
  stop()
})

it('does not while some are accepted', async () => {
  vi.mocked(readFile).mockResolvedValue(WAITING)
  const { server, listen, stop } = watched()
  for (let count = 0; count < 10; count++) {
    server.emit('connection')
    await vi.advanceTimersByTimeAsync(500)
  }
  expect(listen).not.toHaveBeenCalled()
  stop()
})

it('does not because checks that were slow end at the same time', async () => {
  const slow = Promise.withResolvers<string>()
  vi.mocked(readFile).mockReturnValue(slow.promise)
  const { server, listen, stop } = watched()
  await vi.advanceTimersByTimeAsync(2100)
  server.emit('connection')
  slow.resolve(WAITING)
  await vi.advanceTimersByTimeAsync(100)
  expect(listen).not.toHaveBeenCalled()
  stop()
})
