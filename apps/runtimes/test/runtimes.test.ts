import { readFileSync, rmSync, truncateSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rawExchange, runConformance } from '@rangekit/conformance'
import { openBelow } from '@rangekit/test-kit/processes'
import { CLI, poisoned } from '@rangekit/test-kit/runtimes'
import { type StartedServer, startCommand } from '@rangekit/test-kit/start-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LARGE, makeFolder, positionBytes, sha256 } from './support/folder.ts'

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
  let dir: string
  let server: StartedServer

  const start = () => startCommand([...poisoned(name), CLI, dir, '--port', '0', ...flags])

  beforeAll(async () => {
    dir = makeFolder()
    server = await start()
  })
  afterAll(async () => {
    await server.stop()
    rmSync(dir, { recursive: true })
  })

  const get = (file: string, range?: string) =>
    rawExchange(
      { host: '127.0.0.1', port: server.port },
      `GET /api/stream/${file} HTTP/1.1\r\nHost: 127.0.0.1\r\n${range === undefined ? '' : `Range: ${range}\r\n`}\r\n`,
    )

  it('breaks no rule of the conformance vectors', async () => {
    const report = await runConformance(`${server.origin}/api/stream/judged.bin`)
    const failed = report.results.filter((result) => result.verdict === 'fail')
    expect(failed.map((result) => [result.id, result.findings])).toEqual([])
    expect(report.results.filter((result) => result.verdict === 'pass').length).toBeGreaterThan(400)
  }, 60_000)

  it.each([
    [0, 1],
    [65_535, 65_537],
    [LARGE - 70_000, 70_000],
  ])('sends bytes of a 5 GiB file from %i on, framed by Content-Length', async (firstPos, length) => {
    const response = await get('large.bin', `bytes=${firstPos}-${firstPos + length - 1}`)
    expect(response).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(response.body.byteLength).toBe(length)
    const field = response.headers.find((header) => header.name.toLowerCase() === 'content-range')
    expect(field?.value).toBe(`bytes ${firstPos}-${firstPos + length - 1}/${LARGE}`)
  })

  it('sends a large range and several ranges byte for byte, framed by Content-Length', async () => {
    const expected = positionBytes(64 * 1024 * 1024)
    const one = await get('medium.bin', 'bytes=1000003-6000010')
    expect(one.framing).toBe('content-length')
    expect(sha256(one.body)).toBe(sha256(expected.subarray(1_000_003, 6_000_011)))
    const several = await get('medium.bin', 'bytes=0-9,30000000-30200000')
    expect(several).toMatchObject({ status: 206, framing: 'content-length', complete: true })
    expect(several.body.includes(Buffer.from(expected.subarray(30_000_000, 30_200_001)))).toBe(true)
  })

  it('closes its files when clients leave in mid-body', async () => {
    await Promise.all(Array.from({ length: 40 }, () => leaveInMidBody(server.port)))
    await expect.poll(() => openFilesBelow(server.pid, dir), { timeout: 5000 }).toBe(0)
    expect((await get('judged.bin')).status).toBe(200)
  })

  it('breaks the connection when a file ends before its time', async () => {
    const socket = connect(server.port, '127.0.0.1')
    socket.write(
      'GET /api/stream/medium.bin HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n\r\n',
    )
    let received = 0
    let tail = Buffer.alloc(0)
    const closed = new Promise<void>((resolve) =>
      socket.on('close', () => resolve()).on('error', () => resolve()),
    )
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    truncateSync(join(dir, 'medium.bin'), 1000)
    await sleep(100)
    socket.on('data', (chunk) => {
      received += chunk.byteLength
      tail = Buffer.concat([tail, chunk]).subarray(-1000)
    })
    socket.resume()
    await closed
    expect(received).toBeLessThan(64 * 1024 * 1024)
    expect(tail.toString('latin1')).not.toContain('HTTP/1.1')
  }, 20_000)

  it('stops on SIGTERM with exit code 0', async () => {
    const other = await start()
    expect(await other.stop()).toBe(0)
  })
})

async function leaveInMidBody(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write('GET /api/stream/medium.bin HTTP/1.1\r\nHost: a\r\n\r\n')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.destroy()
}

/** Descriptors into a folder that a server has open, its workers' among them. */
function openFilesBelow(pid: number, dir: string): number {
  const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return [pid, ...workers.map(Number)].flatMap((id) => openBelow(id, dir)).length
}
