import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

/** More than kernels buffer for a client that does not read. */
const LENGTH = 12 * 1024 * 1024
const folder = sharedFolder(({ putSparse }) => putSparse('film.mp4', LENGTH))

/** Starts a download and pauses it; `finish` resumes it and returns the bytes of its body. */
async function beginDownload(port: number) {
  const socket = await openSocket(port)
  let received = 0
  const begun = new Promise<void>((resolve) => {
    // The head comes in one piece.
    socket.once('data', (chunk) => {
      received -= chunk.indexOf('\r\n\r\n') + 4
      resolve()
    })
  })
  socket.on('data', (chunk) => {
    received += chunk.byteLength
  })
  socket.write(requestText('GET /api/stream/film.mp4'))
  await begun
  socket.pause()
  const ended = once(socket, 'close').then(() => received)
  return {
    finish(): Promise<number> {
      socket.resume()
      return ended
    },
  }
}

/** The beginning of the response, or the empty text if the connection is closed instead. */
async function ask(socket: Socket, requestLine: string): Promise<string> {
  if (socket.closed) return ''
  const closed = once(socket, 'close').then(() => [''])
  socket.write(requestText(requestLine))
  const [data] = await Promise.race([once(socket, 'data'), closed])
  return data.toString('latin1')
}

const FAREWELLS = {
  'an answer': /^HTTP\/1\.1 503 (?:.|\r\n)*\r\nConnection: close\r\n/i,
  nothing: /^$/,
} as const

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const refused = await Promise.race([
    once(socket, 'connect').then(() => false),
    once(socket, 'error').then(() => true),
  ]).catch(() => true)
  socket.destroy()
  return refused
}

describe('a server that receives SIGTERM', () => {
  const count = 200 * runtime.share

  it(`lets ${count} running downloads finish, and then exits with 0`, async () => {
    await using server = await startServer(folder.path)
    const downloads = await Promise.all(Array.from({ length: count }, () => beginDownload(server.port)))
    const exit = server.stop('SIGTERM')
    await expect.poll(() => isRefused(server.port), { interval: 20 }).toBe(true)

    const lengths = await Promise.all(downloads.map((download) => download.finish()))
    const lastByte = performance.now()
    expect(lengths.filter((length) => length !== LENGTH)).toEqual([])
    expect(await exit).toBe(0)
    // Idle connections would be kept for 5 s.
    expect(performance.now() - lastByte).toBeLessThan(3000)
    expect(server.stderr).toBe('')
  }, 60_000)

  // It answers for 300 ms more. When a busy machine misses them, the test proves nothing and runs again.
  const retry = { count: 5, condition: /asked too late/ }
  it(`sends ${runtime.farewell} on a connection that was idle`, { retry }, async () => {
    await using server = await startServer(folder.path)
    const idle = await openSocket(server.port)
    expect(await ask(idle, 'GET /readyz')).toMatch(/^HTTP\/1\.1 200 /)
    const stopped = performance.now()
    const exit = server.stop('SIGTERM')
    await sleep(100)
    const answer = await ask(idle, 'GET /readyz').catch(String)
    if (performance.now() - stopped > 300) throw new Error('asked too late')
    expect(answer).toMatch(FAREWELLS[runtime.farewell])
    expect(await exit).toBe(0)
  })

  it('cuts downloads that still run when the time is over', async () => {
    await using server = await startServer(folder.path, { args: ['--drain', '1s'] })
    const download = await beginDownload(server.port)
    expect(await server.stop('SIGTERM')).toBe(0)
    expect(await download.finish()).toBeLessThan(LENGTH)
  }, 20_000)

  it.each(runtime.workers)(
    'stops all of its %i workers',
    async (count) => {
      await using server = await startServer(folder.path, { args: ['--workers', String(count)] })
      const downloads = await Promise.all(Array.from({ length: 8 }, () => beginDownload(server.port)))
      const exit = server.stop('SIGTERM')
      await sleep(100)
      const lengths = await Promise.all(downloads.map((download) => download.finish()))
      expect(lengths.filter((length) => length !== LENGTH)).toEqual([])
      expect(await exit).toBe(0)
    },
    60_000,
  )
})
