import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { memoryOf } from '@rangekit/test-kit/processes'
import { requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { medianTime } from '@rangekit/test-kit/times'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'
import { sleepers } from '../support/sleepers.ts'

const MIB = 1024 ** 2

const folder = sharedFolder(({ putSparse }) => putSparse('film.mp4', 256 * MIB))

describe('a server with clients that do not read', () => {
  it(`holds at most ${runtime.sleeper} KiB for each of 1,000, and answers others promptly`, async () => {
    await using server = await startServer(folder.path)
    const url = `${server.origin}/api/stream/film.mp4`
    const ask = async () => {
      const response = await fetch(url, { headers: { Range: 'bytes=1000-1999' } })
      expect((await response.arrayBuffer()).byteLength).toBe(1000)
    }
    const alone = await medianTime(ask)
    const before = memoryOf(server.pid, 'VmRSS')
    const sockets = await sleepers(server.port, 1000)
    // Measures what each costs once the server has accepted all of them.
    await Promise.all(sockets.map((socket) => socket.readableLength > 0 || once(socket, 'readable')))
    await sleep(3000)
    const each = (memoryOf(server.pid, 'VmRSS') - before) / 1000
    expect(await medianTime(ask)).toBeLessThan(Math.max(50, 10 * alone))
    for (const socket of sockets) socket.destroy()
    expect(each).toBeLessThan(runtime.sleeper * 1024)
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
  }, 60_000)

  it(`holds at most ${runtime.pauser} KiB for each of 500 that read 12 MiB and then pause, as players do`, async () => {
    await using server = await startServer(folder.path)
    const warmUp = await pauseAfter(server.port, 12 * MIB, 50)
    for (const socket of warmUp) socket.destroy()
    await expectNothingOpen(server.pid, folder.path)
    const before = memoryOf(server.pid, 'VmRSS')
    const sockets = await pauseAfter(server.port, 12 * MIB, 500)
    await sleep(1000)
    const each = (memoryOf(server.pid, 'VmRSS') - before) / 500
    for (const socket of sockets) socket.destroy()
    expect(each).toBeLessThan(runtime.pauser * 1024)
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
  }, 120_000)
})

/**
 * Opens connections that read so many bytes of the file at full speed, and then pause. They read into one buffer, to be
 * little load themselves.
 */
async function pauseAfter(port: number, length: number, count: number): Promise<Socket[]> {
  const buffer = new Uint8Array(MIB)
  return rounds(count, 10, () => {
    return new Promise<Socket>((resolve, reject) => {
      let received = 0
      const callback = (some: number) => {
        received += some
        if (received >= length) resolve(socket)
        return received < length
      }
      const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback } })
      socket.once('error', reject).write(requestText('GET /api/stream/film.mp4'))
    })
  })
}
