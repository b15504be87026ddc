import { setTimeout as sleep } from 'node:timers/promises'
import { makeFolder } from '@rangekit/test-kit/folder'
import { exchange, openSocket, requestText } from '@rangekit/test-kit/raw'
import type { CommandLine } from '@rangekit/test-kit/runtimes'
import { percentile } from '@rangekit/test-kit/times'
import { findTool } from '@rangekit/test-kit/tools'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
import { startUnder } from '../support/server.ts'

const strace = findTool('strace', 'strace')

const KIB = 1024
const MIB = 1024 * KIB
const CLIENTS = 8
const PROBES = 300
/** No probe starts after this many milliseconds, so that a stalled server fails an assertion, not the time limit. */
const DEADLINE = 30_000

/** Delays every read of these files by 200 ms. The kernel filters, so all other system calls run untraced. */
function slowReadsOf(paths: readonly string[]): CommandLine {
  return [
    strace ?? '',
    ...words('-f -qq -o /dev/null --seccomp-bpf -e trace=pread64 -e inject=pread64:delay_enter=200000'),
    // Bun would start a thread per processor.
    ...words('-E UV_THREADPOOL_SIZE=4'),
    ...paths.flatMap((path) => ['-P', path]),
  ]
}

describe.skipIf(strace === undefined)('files on a slow disk', () => {
  it('do not delay responses from a file in memory', async () => {
    using folder = makeFolder()
    folder.put('hot.bin', Buffer.alloc(MIB, 1))
    const slow = Array.from({ length: CLIENTS }, (_, index) => `slow-${index}.bin`)
    for (const name of slow) folder.putSparse(name, 64 * MIB)
    await using server = await startUnder(slowReadsOf(slow.map(folder.at)), folder.path)
    const { port } = server
    const probe = async () => {
      const started = performance.now()
      const { status, body } = await exchange(port, 'GET /api/stream/hot.bin', ['Range: bytes=0-1023'])
      expect([status, body.byteLength]).toEqual([206, KIB])
      return performance.now() - started
    }
    for (let warmUp = 0; warmUp < 20; warmUp++) await probe()

    const received = slow.map(() => 0)
    const sockets = await Promise.all(slow.map(() => openSocket(port)))
    for (const [client, socket] of sockets.entries()) {
      socket.on('data', ({ length }: Buffer) => {
        received[client] = (received[client] ?? 0) + length
      })
      socket.write(requestText(`GET /api/stream/${slow[client]}`))
    }
    const delays: number[] = []
    const ends = performance.now() + DEADLINE
    while (delays.length < PROBES && performance.now() < ends) {
      delays.push(await probe())
      await sleep(5)
    }
    for (const socket of sockets) socket.destroy()

    expect(delays.length).toBe(PROBES)
    expect(percentile(delays, 0.99)).toBeLessThan(100)
    expect(Math.max(...delays)).toBeLessThan(1000)
    // All slow files were read in the meantime, and slowly.
    expect(Math.min(...received)).toBeGreaterThanOrEqual(32 * KIB)
    expect(Math.max(...received)).toBeLessThan(32 * MIB)
  }, 60_000)
})
