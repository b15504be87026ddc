import { setTimeout as sleep } from 'node:timers/promises'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { memoryOf } from '@rangekit/test-kit/processes'
import { openSocket, requestText } from '@rangekit/test-kit/raw'
import { medianTime } from '@rangekit/test-kit/times'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const MIB = 1024 ** 2

const folder = sharedFolder(({ put, putSparse }) => {
  // More than the kernel buffers for a client that does not read.
  putSparse('large.bin', 32 * MIB)
  put('1.bin', new Uint8Array(10_000))
  put('39.bin', new Uint8Array(37_300))
})

describe('a server whose clients pipeline and do not read', () => {
  const REQUEST = requestText('GET /api/stream/large.bin')
  // Many: a heap may grow by 25 MiB on its own, whoever asks.
  const COUNT = 40

  it(`holds less than ${runtime.pipeline} MiB per client that sends 53 KiB, and answers others promptly`, async () => {
    await using server = await startServer(folder.path)
    const ask = async () => {
      const response = await fetch(`${server.origin}/api/stream/1.bin`, { headers: { Range: 'bytes=0-999' } })
      expect((await response.arrayBuffer()).byteLength).toBe(1000)
    }
    const alone = await medianTime(ask)
    const before = memoryOf(server.pid, 'VmRSS')
    const requests = REQUEST.repeat(Math.floor((53 * 1024) / REQUEST.length))
    const sockets = await Promise.all(Array.from({ length: COUNT }, () => openSocket(server.port)))
    for (const socket of sockets) socket.pause().write(requests)
    expect(await medianTime(ask)).toBeLessThan(Math.max(50, 10 * alone))
    await sleep(1000)
    const each = (memoryOf(server.pid, 'VmRSS') - before) / COUNT
    for (const socket of sockets) socket.destroy()
    expect(each).toBeLessThan(runtime.pipeline * MIB)
    await expectNothingOpen(server.pid, folder.path)
  })

  it('stops reading requests from one that keeps sending and reads little', async () => {
    await using server = await startServer(folder.path)
    const socket = await openSocket(server.port)
    const small = requestText('GET /api/stream/39.bin').repeat(100)
    const send = () => {
      while (socket.write(small));
    }
    socket.on('drain', send)
    send()
    // Some 400 kB/s. Every response read would otherwise admit a thousand more requests, of 4 kB of memory each.
    const reading = setInterval(() => socket.read(20_000), 50)
    socket.pause()
    await sleep(1000)
    const early = memoryOf(server.pid, 'VmRSS')
    await sleep(3000)
    const grown = memoryOf(server.pid, 'VmRSS') - early
    clearInterval(reading)
    socket.destroy()
    expect(grown).toBeLessThan(64 * MIB)
    // Bun works off what it has read before it notices that the client has left, for some 25 s. That nothing stays open
    // after fewer requests is tested on it in pipelining.test.ts.
    if (runtime.name !== 'bun') await expectNothingOpen(server.pid, folder.path)
  }, 60_000)
})
