import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { childrenOf } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { refused, runCommand, startServer } from '../support/server.ts'

const OPEN = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

const folder = sharedFolder(({ put }) => put('a.txt', 'hello'))

/** The name of the sample that counts the ranges of a file. */
const RANGES = 'rangekit_requests_total{method="GET",status="206",outcome="complete",protocol="http/1.1"}'

/** Requests ranges of a file, each on a connection of its own. */
async function readRanges(port: number, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { status } = await exchange(port, 'GET /api/stream/a.txt', ['Range: bytes=0-1'])
    expect(status).toBe(206)
  }
}

/** The value of a sample; `undefined` if there is none. */
async function sample(port: number, name: string): Promise<number | undefined> {
  const { body } = await exchange(port, 'GET /metrics')
  const line = body
    .toString()
    .split('\n')
    .find((each) => each.startsWith(`${name} `))
  return line === undefined ? undefined : Number(line.slice(name.length + 1))
}

it('are on the port of the files with --metrics, in the format that the scraper accepts', async () => {
  await using server = await startServer(folder.path, { args: ['--metrics'] })
  expect(server.stdout.split('\n').filter(Boolean)).toHaveLength(1)
  const plain = await exchange(server.port, 'GET /metrics')
  expect(field(plain, 'content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(field(plain, 'cache-control')).toBe('no-store')
  const open = await exchange(server.port, 'GET /metrics', [`Accept: ${OPEN}`])
  expect(field(open, 'content-type')).toBe(OPEN)
  expect(open.body.toString()).toMatch(/\n# EOF\n$/)
  const head = await exchange(server.port, 'HEAD /metrics')
  expect([head.status, Number(field(head, 'content-length')) > 1000]).toEqual([200, true])
  expect((await exchange(server.port, 'POST /metrics')).status).toBe(405)
  expect(open.body.toString()).toContain(`rangekit_build_info{`)
  expect(open.body.toString()).toContain(`runtime="${runtime.name}"`)
  await readRanges(server.port, 3)
  expect(await sample(server.port, RANGES)).toBe(3)
  expect(await sample(server.port, 'rangekit_response_sent_bytes_total')).toBe(6)
  expect(await sample(server.port, 'rangekit_open_files')).toBeLessThan(2)
  expect(await sample(server.port, 'rangekit_connections')).toBeGreaterThan(0)
  expect(await sample(server.port, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
  expect(await sample(server.port, 'process_open_fds')).toBeGreaterThan(3)
})

it('are on a port of their own with --metrics-port, and on no other', async () => {
  await using server = await startServer(folder.path, { args: ['--metrics-port', '0'] })
  const port = Number(/^Metrics are at http:\/\/127\.0\.0\.1:(\d+)\/metrics$/m.exec(server.stdout)?.[1])
  expect(await sample(port, 'rangekit_serving_processes')).toBe(1)
  expect((await exchange(server.port, 'GET /metrics')).status).toBe(404)
  expect((await exchange(port, 'GET /api/stream/a.txt')).status).toBe(404)
  const args = [folder.path, '--port', '0', '--metrics-port', String(port)]
  expect(await runCommand(args)).toEqual(
    refused(new RegExp(`rangekit: port ${port} is taken; choose another with --metrics-port`)),
  )
  expect(await server.stop()).toBe(0)
})

it.each(runtime.workers)(
  'are those of all %i workers, and what one counted that was killed',
  async (count) => {
    await using server = await startServer(folder.path, { args: ['--workers', String(count), '--metrics'] })
    const { port } = server
    expect(await sample(port, 'rangekit_serving_processes')).toBe(count)
    await readRanges(port, 6)
    expect(await sample(port, RANGES)).toBe(6)
    const [killed = 0] = childrenOf(server.pid)
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => childrenOf(server.pid).includes(killed)).toBe(false)
    expect(await sample(port, 'rangekit_serving_processes')).toBe(count - 1)
    expect(await sample(port, RANGES)).toBe(6)
    expect(await server.stop()).toBe(0)
  },
)
