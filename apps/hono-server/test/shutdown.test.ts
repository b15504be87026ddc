import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, type TestFolder } from './support/folder.ts'
import { openSocket, requestText } from './support/raw.ts'
import { startServer } from './support/server.ts'

const LENGTH = 32 * 1024 * 1024
let folder: TestFolder

beforeAll(() => {
  folder = makeFolder()
  folder.putSparse('film.mp4', LENGTH)
})
afterAll(() => folder.remove())

/** A download that has begun and waits to go on. */
async function beginDownload(port: number) {
  const socket = await openSocket(port)
  let received = 0
  const begun = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      // The head comes first, and in one piece.
      if (received === 0) received = -(chunk.indexOf('\r\n\r\n') + 4)
      received += chunk.byteLength
      resolve()
    })
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

async function ask(socket: Socket, requestLine: string): Promise<string> {
  socket.write(requestText(requestLine))
  const [data] = await once(socket, 'data')
  return data.toString('latin1')
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const refused = await Promise.race([
    once(socket, 'connect').then(() => false),
    once(socket, 'error').then(() => true),
  ]).catch(() => true)
  socket.destroy()
  return refused
}

describe('a server that is told to stop', () => {
  it('lets 200 running downloads finish whole, and then ends with exit code 0', async () => {
    await using server = await startServer(folder.path)
    const downloads = await Promise.all(Array.from({ length: 200 }, () => beginDownload(server.port)))
    const idle = await openSocket(server.port)
    expect(await ask(idle, 'GET /readyz')).toMatch(/^HTTP\/1\.1 200 /)

    const exit = server.stop('SIGTERM')
    await sleep(100)
    const farewell = await ask(idle, 'GET /readyz')
    expect(farewell).toMatch(/^HTTP\/1\.1 503 /)
    expect(farewell).toMatch(/\r\nConnection: close\r\n/i)
    expect(await isRefused(server.port)).toBe(true)

    const lengths = await Promise.all(downloads.map((download) => download.finish()))
    const lastByte = performance.now()
    expect(lengths.filter((length) => length !== LENGTH)).toEqual([])
    expect(await exit).toBe(0)
    expect(performance.now() - lastByte).toBeLessThan(1000)
    expect(server.stderr).toBe('')
  }, 60_000)

  it('cuts what still runs when its time is over', async () => {
    await using server = await startServer(folder.path, { args: ['--drain', '1s'] })
    const download = await beginDownload(server.port)
    expect(await server.stop('SIGTERM')).toBe(0)
    expect(await download.finish()).toBeLessThan(LENGTH)
  }, 20_000)

  it('stops all of its workers', async () => {
    await using server = await startServer(folder.path, { args: ['--workers', '2'] })
    const downloads = await Promise.all(Array.from({ length: 8 }, () => beginDownload(server.port)))
    const exit = server.stop('SIGTERM')
    await sleep(100)
    const lengths = await Promise.all(downloads.map((download) => download.finish()))
    expect(lengths.filter((length) => length !== LENGTH)).toEqual([])
    expect(await exit).toBe(0)
  }, 60_000)
})
