import { truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { rawExchange, runConformance } from '@rangekit/conformance'
import { positionBytes, sha256 } from '@rangekit/test-kit/bytes'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { childrenOf, openBelow } from '@rangekit/test-kit/processes'
import { field, requestText } from '@rangekit/test-kit/raw'
import { CLI, poisoned } from '@rangekit/test-kit/runtimes'
import { startCommand } from '@rangekit/test-kit/start-server'
import { describe, expect, it } from 'vitest'

const MIB = 1024 ** 2
const LARGE = 5 * 1024 ** 3

const runtimes: readonly {
  readonly name: Parameters<typeof poisoned>[0]
  readonly flags: readonly string[]
}[] = [
  { name: 'node', flags: [] },
  { name: 'node', flags: ['--no-fast-path'] },
  { name: 'node', flags: ['--workers', '2'] },
  { name: 'node22', flags: [] },
  { name: 'node26', flags: [] },
  { name: 'bun', flags: [] },
  { name: 'deno', flags: [] },
]

describe.each(runtimes)('the server on $name $flags', ({ name, flags }) => {
  const folder = sharedFolder(({ put, putSparse }) => {
    put('judged.bin', positionBytes(100_000))
    // Of something that goes on, nothing says for how long.
    put('growing.bin.part', positionBytes(100_000))
    put('medium.bin', positionBytes(64 * MIB))
    putSparse('large.bin', LARGE)
  })
  const start = () => startCommand([...poisoned(name), CLI, folder.path, '--port', '0', ...flags])
  const server = sharedServer(start)

  /** Leaves the connection open, so that bytes after the framed body would show. */
  const get = (file: string, ...fields: string[]) =>
    rawExchange({ host: '127.0.0.1', port: server.port }, requestText(`GET /api/stream/${file}`, fields))

  it.each([
    ['a file', 'judged.bin', 400],
    ['a file that is still being written', 'growing.bin', 50],
  ])(
    'passes every conformance vector for %s',
    async (_, file, least) => {
      const report = await runConformance(`${server.origin}/api/stream/${file}`)
      const failed = report.results.filter((result) => result.verdict === 'fail')
      expect(failed.map((result) => [result.id, result.findings])).toEqual([])
      expect(report.totals.passed).toBeGreaterThan(least)
    },
    60_000,
  )

  it.each([
    [0, 1],
    [65_535, 65_537],
    [LARGE - 70_000, 70_000],
  ])('sends bytes of a 5 GiB file from position %i, framed by Content-Length', async (firstPos, length) => {
    const response = await get('large.bin', `Range: bytes=${firstPos}-${firstPos + length - 1}`)
    expect(response).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(response.body.byteLength).toBe(length)
    expect(field(response, 'content-range')).toBe(`bytes ${firstPos}-${firstPos + length - 1}/${LARGE}`)
  })

  it('sends a large range and several ranges byte for byte, framed by Content-Length', async () => {
    const expected = positionBytes(64 * MIB)
    const one = await get('medium.bin', 'Range: bytes=1000003-6000010')
    expect(one.framing).toBe('content-length')
    expect(sha256(one.body)).toBe(sha256(expected.subarray(1_000_003, 6_000_011)))
    const several = await get('medium.bin', 'Range: bytes=0-9,30000000-30200000')
    expect(several).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(several.body.includes(Buffer.from(expected.subarray(30_000_000, 30_200_001)))).toBe(true)
  })

  it('closes its files when clients leave in the middle of a body', async () => {
    const path = '/api/stream/medium.bin'
    await Promise.all(Array.from({ length: 40 }, async () => (await hold(server.port, path)).leave()))
    /** What the server and its workers have open. */
    const open = () => [server.pid, ...childrenOf(server.pid)].flatMap((pid) => openBelow(pid, folder.path))
    await expect.poll(open, { timeout: 5000 }).toEqual([])
    expect((await get('judged.bin')).status).toBe(200)
  })

  it('breaks the connection when a file is truncated while it is sent', async () => {
    const held = await hold(server.port, '/api/stream/medium.bin', '/readyz')
    truncateSync(folder.at('medium.bin'), 1000)
    await sleep(100)
    let tail = Buffer.alloc(0)
    const { received, after, closed } = await held.finish((piece) => {
      tail = Buffer.concat([tail, piece]).subarray(-1000)
    })
    expect(closed).toBe(true)
    expect(received).toBeLessThan(64 * MIB)
    expect(tail.toString('latin1') + after).not.toContain('HTTP/1.1')
  }, 20_000)

  it('exits with 0 on SIGTERM', async () => {
    const other = await start()
    expect(await other.stop()).toBe(0)
  })
})
