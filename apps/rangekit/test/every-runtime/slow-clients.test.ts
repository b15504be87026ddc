import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { openBelow } from '@rangekit/test-kit/processes'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'
import { sleepers } from '../support/sleepers.ts'

const MIB = 1024 ** 2
const LENGTH = 128 * MIB

const folder = sharedFolder(({ putSparse }) => putSparse('film.mp4', LENGTH))

describe('a server with clients that read slowly or not at all', () => {
  // It takes long and little else, so it reads while the other tests run.
  const steady = shared(
    async () => {
      const server = await startServer(folder.path, { args: ['--write-timeout', '3s'] })
      const socket = await openSocket(server.port)
      const ended = readSteadily(socket).then((end) => ({ ...end, open: openBelow(server.pid, folder.path) }))
      return { server, socket, ended }
    },
    async ({ server, socket }) => {
      socket.destroy()
      await server.stop('SIGKILL')
    },
  )

  it.each(runtime.ways)(
    'sends whole bodies $way that take many times the time-out',
    async ({ args }) => {
      await using server = await startServer(folder.path, { args: ['--write-timeout', '1s', ...args] })
      const received = await Promise.all([24, 32, 48].map((rate) => readSlowly(server.port, rate * MIB)))
      expect(received).toEqual([LENGTH, LENGTH, LENGTH])
    },
    60_000,
  )

  it('closes a connection whose client reads none of 200,000 heads that it requested', async () => {
    const args = ['--write-timeout', '1s', '--head-timeout', '60s']
    await using server = await startServer(folder.path, { args })
    const idle = countSockets(server.pid)
    const socket = await openSocket(server.port)
    socket.pause().write(requestText('HEAD /api/stream/film.mp4').repeat(200_000))
    await expectClosed(server.pid, idle, 60_000)
    socket.destroy()
  }, 90_000)

  it.each(runtime.timeouts)(
    'closes 100 connections on which nothing moves for %s',
    async (time) => {
      await using server = await startServer(folder.path, { args: ['--write-timeout', time] })
      const idle = countSockets(server.pid)
      const sockets = await sleepers(server.port, 100)
      await expectClosed(server.pid, idle)
      // A client sees the end of the connection only once it reads.
      await Promise.all(sockets.map((socket) => closing(socket.resume())))
      expect(server.stderr).toBe('')
    },
    60_000,
  )

  it('closes a connection on which nothing moves after the write time-out, not after twice that time', async () => {
    await using server = await startServer(folder.path, { args: ['--write-timeout', '3s'] })
    const [socket] = await sleepers(server.port, 1)
    await expect.poll(() => openBelow(server.pid, folder.path)).toEqual([folder.at('film.mp4')])
    const started = performance.now()
    await expect.poll(() => openBelow(server.pid, folder.path), { interval: 50 }).toEqual([])
    const time = performance.now() - started
    socket?.destroy()
    expect(time).toBeGreaterThan(2000)
    expect(time).toBeLessThan(6000)
  })

  // These two mostly wait.
  it.concurrent.for(runtime.patience)(
    'does not count the time during which it did not read a connection as head time-out: %s',
    { timeout: 60_000 },
    async (time, { expect }) => {
      await using server = await startServer(folder.path, { args: ['--head-timeout', time] })
      const socket = await openSocket(server.port)
      const small = requestText('GET /api/stream/film.mp4', ['Range: bytes=0-9'])
      socket.write(requestText('GET /api/stream/film.mp4', ['Range: bytes=0-50000000']) + small.repeat(3000))
      let answers = 0
      let rest = ''
      for await (const piece of socket as AsyncIterable<Buffer>) {
        // The file is all zeros.
        const heads = (rest + piece.toString('latin1').replaceAll('\0', '')).split('\r\n\r\n')
        rest = heads.pop() ?? ''
        answers += heads.filter((head) => head.startsWith('HTTP/1.1 206 ')).length
        if (answers === 3001) break
        await sleep(3)
      }
      expect(answers).toBe(3001)
    },
  )

  it.concurrent.for(runtime.timeouts)(
    'closes 100 connections whose heads are incomplete after %s',
    { timeout: 60_000 },
    async (time, { expect }) => {
      await using server = await startServer(folder.path, { args: ['--head-timeout', time] })
      const sockets = await Promise.all(Array.from({ length: 100 }, () => openSocket(server.port)))
      const text = requestText('GET /api/stream/film.mp4')
      let sent = 0
      const timer = setInterval(() => {
        for (const socket of sockets) if (socket.writable) socket.write(text.charAt(sent))
        sent++
      }, 1000)
      const answers = await Promise.all(sockets.map((socket) => readToEnd(socket)))
      clearInterval(timer)
      expect(sent).toBeLessThan(20)
      expect(answers.every((answer) => answer === '' || answer.startsWith('HTTP/1.1 408 '))).toBe(true)
      expect((await fetch(`${server.origin}/readyz`)).status).toBe(200)
    },
  )

  it('does not cut a client that reads 300 kB a second without a pause, with a time-out of 3 s', async () => {
    const { received, isClosed, open } = await steady.ended
    // Less than it may if the machine is busy.
    expect(received).toBeGreaterThan(2_500_000)
    expect(isClosed).toBe(false)
    // The client could still read its own buffer after the server has closed the connection.
    expect(open).toEqual([folder.at('film.mp4')])
  })
})

/** The number of sockets that a process has open. */
function countSockets(pid: number): number {
  return openBelow(pid, 'socket:').length
}

/**
 * Waits until a process has accepted connections and closed all of them.
 *
 * @param timeout in milliseconds. Tens of thousands of responses fit into the buffers of two kernels.
 */
async function expectClosed(pid: number, idle: number, timeout = 25_000): Promise<void> {
  await expect.poll(() => countSockets(pid), { interval: 20 }).toBeGreaterThan(idle)
  await expect.poll(() => countSockets(pid), { timeout, interval: 100 }).toBe(idle)
}

/**
 * Reads a file for 16 seconds, 300 kB each at most. The kernel reports free space only when a third of its buffer is free:
 * at this rate after some five seconds.
 */
async function readSteadily(socket: Socket): Promise<{ received: number; isClosed: boolean }> {
  let received = 0
  let isClosed = false
  socket.once('close', () => {
    isClosed = true
  })
  socket.pause().write(requestText('GET /api/stream/film.mp4'))
  const started = performance.now()
  for (let time = 0; time < 16_000; time = performance.now() - started) {
    const due = Math.min(Math.floor(time * 300) - received, socket.readableLength)
    if (due > 0) received += socket.read(due)?.byteLength ?? 0
    else socket.read(0)
    await sleep(100)
  }
  return { received, isClosed }
}

/** Reads the whole file at a rate in bytes per second. Returns the length of the body. */
async function readSlowly(port: number, rate: number): Promise<number> {
  const socket = await openSocket(port)
  socket.write(requestText('GET /api/stream/film.mp4', ['Connection: close']))
  const started = performance.now()
  let received = 0
  let headLength = 0
  for await (const piece of socket as AsyncIterable<Buffer>) {
    if (received === 0) headLength = piece.indexOf('\r\n\r\n') + 4
    received += piece.byteLength
    const ahead = (received / rate) * 1000 - (performance.now() - started)
    if (ahead > 20) await sleep(ahead)
  }
  return received - headLength
}

async function readToEnd(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  await closing(socket)
  return text
}

/** Resolves when a connection is closed, with or without an error. */
function closing(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()))
}
