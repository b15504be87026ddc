import { truncateSync } from 'node:fs'
import { positionBytes } from '@rangekit/test-kit/bytes'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startScript, type TestServer } from '../support/server.ts'

const MIB = 1024 * 1024
const SMALL = 100_000
const LARGE = 64 * MIB

/** What the server prints of an ended transfer. */
interface Ended {
  readonly begun: number
  readonly method: string
  readonly key?: string
  readonly status: number
  readonly length: number
  readonly bytesSent?: number
  readonly outcome: string
  readonly duration: number
}

const endedOf = ({ stdout }: TestServer) =>
  stdout
    .split('\n')
    .slice(1, -1)
    .map((line): Ended => JSON.parse(line))

/** Runs requests, and returns the transfers that have ended since, once there are as many as expected. */
async function transfersOf(
  server: TestServer,
  act: () => Promise<unknown>,
  count = 1,
): Promise<readonly Ended[]> {
  const before = endedOf(server).length
  await act()
  await expect.poll(() => endedOf(server).length - before).toBeGreaterThanOrEqual(count)
  return endedOf(server).slice(before)
}

describe.each(runtime.ways)('transfers of bodies sent $way', ({ args, share }) => {
  const folder = sharedFolder(({ put, putSparse }) => {
    put('small.bin', positionBytes(SMALL))
    putSparse('large.bin', LARGE)
    putSparse('cut.bin', LARGE)
  })
  const server = sharedServer(() => startScript('transfer-server.ts', folder.path, ...args))

  it.each([
    ['a range', 'GET', 'small.bin', ['Range: bytes=0-99'], 206, 100],
    ['a whole file', 'GET', 'small.bin', [], 200, SMALL],
    ['a large file', 'GET', 'large.bin', [], 200, LARGE],
    ['HEAD', 'HEAD', 'small.bin', [], 200, 0],
    ['a 304', 'GET', 'small.bin', ['If-None-Match: *'], 304, 0],
    ['a 412', 'GET', 'small.bin', ['If-Match: "other"'], 412, 0],
    ['a 416', 'GET', 'small.bin', ['Range: bytes=100000-'], 416, 0],
    ['a 404', 'GET', 'none.bin', [], 404, 0],
    ['a 405', 'PUT', 'small.bin', [], 405, 0],
  ])('%s is complete', async (_, method, name, fields, status, length) => {
    const transfers = await transfersOf(server, () =>
      exchange(server.port, `${method} /api/stream/${name}`, fields, { timeoutMs: 20_000 }),
    )
    const key = method === 'PUT' ? undefined : name
    expect(transfers).toMatchObject([{ method, status, length, bytesSent: length, outcome: 'complete' }])
    expect(transfers[0]?.key).toBe(key)
  })

  it('several ranges are one transfer of the whole body', async () => {
    const line = 'GET /api/stream/small.bin'
    const [transfer] = await transfersOf(server, async () => {
      const { body } = await exchange(server.port, line, ['Range: bytes=0-9,50000-59999,-1'])
      expect(body.byteLength).toBeGreaterThan(10_011)
    })
    expect(transfer).toMatchObject({ status: 206, outcome: 'complete', bytesSent: transfer?.length })
  })

  it('a client that leaves aborts it after the bytes that were sent', async () => {
    const [transfer] = await transfersOf(server, async () => {
      const held = await hold(server.port, '/api/stream/large.bin')
      held.leave()
    })
    expect(transfer).toMatchObject({ status: 200, length: LARGE, outcome: 'aborted' })
    expect(transfer?.bytesSent).toBeGreaterThan(0)
    expect(transfer?.bytesSent).toBeLessThan(LARGE)
  })

  it('a file that becomes shorter fails it after the bytes that were sent', async () => {
    const [transfer] = await transfersOf(server, async () => {
      const held = await hold(server.port, '/api/stream/cut.bin')
      truncateSync(folder.at('cut.bin'), 1000)
      await held.finish()
    })
    expect(transfer).toMatchObject({ status: 200, length: LARGE, outcome: 'failed' })
    expect(transfer?.bytesSent).toBeGreaterThan(0)
    expect(transfer?.bytesSent).toBeLessThan(LARGE)
  })

  it('each begins and ends once, however clients leave', async () => {
    const count = 400 * share
    const before = endedOf(server).at(-1)?.begun ?? 0
    const transfers = await transfersOf(
      server,
      () =>
        rounds(count, 20, async (index) => {
          if (index % 2 === 0) return void (await exchange(server.port, 'GET /api/stream/small.bin'))
          const held = await hold(server.port, '/api/stream/large.bin')
          held.leave()
        }),
      count,
    )
    expect(transfers).toHaveLength(count)
    expect(transfers.at(-1)?.begun).toBe(before + count)
    expect(transfers.filter(({ outcome }) => outcome === 'complete')).toHaveLength(count / 2)
    expect(transfers.filter(({ outcome }) => outcome === 'aborted')).toHaveLength(count / 2)
  }, 60_000)

  it('a client that stops reading aborts it at the write timeout', async () => {
    const impatient = await startScript('transfer-server.ts', folder.path, '--impatient', ...args)
    try {
      const held = await hold(impatient.port, '/api/stream/large.bin')
      await expect.poll(() => endedOf(impatient)).toMatchObject([{ status: 200, outcome: 'aborted' }])
      held.leave()
    } finally {
      await impatient.stop()
    }
  })
})

// Node's own server has no `fetch`.
describe.runIf(runtime.name !== 'node')("transfers of bodies sent by the runtime's own server", () => {
  const folder = sharedFolder(({ put, putSparse }) => {
    put('small.bin', positionBytes(SMALL))
    putSparse('large.bin', LARGE)
  })
  const server = sharedServer(() => startScript('transfer-server.ts', folder.path, '--native'))
  const get = (name: string, init: RequestInit = {}) => fetch(`${server.origin}/api/stream/${name}`, init)

  it.each([
    ['a range', 'small.bin', 'bytes=0-99', 206, 100],
    ['a whole file', 'small.bin', 'bytes=0-', 206, SMALL],
    ['a large file', 'large.bin', 'bytes=0-', 206, LARGE],
    ['a 416', 'small.bin', 'bytes=100000-', 416, 0],
  ])('%s is complete', async (_, name, Range, status, length) => {
    const transfers = await transfersOf(server, async () => {
      const response = await get(name, { headers: { Range } })
      expect((await response.arrayBuffer()).byteLength).toBe(length)
    })
    expect(transfers).toMatchObject([{ status, length, bytesSent: length, outcome: 'complete' }])
  })

  it('a client that leaves aborts it after the bytes that were sent', async () => {
    const [transfer] = await transfersOf(server, async () => {
      const leaving = new AbortController()
      const response = await get('large.bin', { signal: leaving.signal })
      await response.body?.getReader().read()
      leaving.abort()
    })
    expect(transfer).toMatchObject({ status: 200, length: LARGE, outcome: 'aborted' })
    expect(transfer?.bytesSent).toBeGreaterThan(0)
    expect(transfer?.bytesSent).toBeLessThan(LARGE)
  })
})
