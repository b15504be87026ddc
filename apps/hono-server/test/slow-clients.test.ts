import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryOf, openBelow } from '../../runtimes/src/processes.ts'
import { expectNothingOpen } from './support/descriptors.ts'
import { makeFolder, type TestFolder } from './support/folder.ts'
import { openSocket, requestText } from './support/raw.ts'
import { runtime } from './support/runtime.ts'
import { startServer } from './support/server.ts'

let folder: TestFolder

beforeAll(() => {
  folder = makeFolder()
  folder.putSparse('film.mp4', 256 * 1024 * 1024)
})
afterAll(() => folder.remove())

/** Connections that ask for the whole file and never read. */
async function sleepers(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const some = await Promise.all(
      Array.from({ length: Math.min(50, count - sockets.length) }, () => openSocket(port)),
    )
    for (const socket of some) socket.pause().write(requestText('GET /api/stream/film.mp4'))
    sockets.push(...some)
  }
  return sockets
}

describe('a server with clients that do not read', () => {
  it(`holds at most ${runtime.sleeper} KiB for each of 1,000, and answers others beside them`, async () => {
    await using server = await startServer(folder.path)
    const url = `${server.origin}/api/stream/film.mp4`
    const ask = () =>
      fetch(url, { headers: { Range: 'bytes=1000-1999' } }).then((response) => response.arrayBuffer())
    for (let round = 0; round < 20; round++) await ask()
    const before = memoryOf(server.pid, 'VmRSS')
    const sockets = await sleepers(server.port, 1000)
    await sleep(3000)
    const each = (memoryOf(server.pid, 'VmRSS') - before) / 1000
    const times: number[] = []
    for (let round = 0; round < 21; round++) {
      const started = performance.now()
      expect((await ask()).byteLength).toBe(1000)
      times.push(performance.now() - started)
    }
    for (const socket of sockets) socket.destroy()
    expect(each).toBeLessThan(runtime.sleeper * 1024)
    expect(times.sort((a, b) => a - b)[10]).toBeLessThan(50)
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
  }, 60_000)

  it.each(runtime.timeouts)(
    'closes 500 connections on which nothing moves for %s',
    async (time) => {
      await using server = await startServer(folder.path, { args: ['--write-timeout', time] })
      const sockets = await sleepers(server.port, 500)
      // A client that does not read learns of the end only when it does.
      await expect
        .poll(() => openBelow(server.pid, folder.path), { timeout: 20_000, interval: 100 })
        .toEqual([])
      await Promise.all(sockets.map((socket) => closing(socket.resume())))
      expect(server.stderr).toBe('')
    },
    60_000,
  )

  it.each(runtime.timeouts)(
    'closes 500 connections whose heads are not there after %s',
    async (time) => {
      await using server = await startServer(folder.path, { args: ['--head-timeout', time] })
      const sockets = await Promise.all(Array.from({ length: 500 }, () => openSocket(server.port)))
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
    60_000,
  )
})

async function readToEnd(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
  })
  await closing(socket)
  return text
}

/** However it ends. */
function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}
