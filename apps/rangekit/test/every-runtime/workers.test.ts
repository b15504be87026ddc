import { readFileSync, rmSync } from 'node:fs'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { freePort, takePort } from '@rangekit/test-kit/ports'
import { exchange } from '@rangekit/test-kit/raw'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { runCommand, startCommand, startServer, type TestServer } from '../support/server.ts'

const REPLACED =
  /^rangekit: (?:worker \d+ ended|a worker ended before it was ready) \((?:SIGKILL|exit code 0)\); starting another in \d+ ms$/

let folder: TestFolder
beforeAll(() => {
  folder = makeFolder()
  folder.put('a.txt', 'hello')
})
afterAll(() => folder.remove())

function workersOf({ pid }: TestServer): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean)
}

const isServed = ({ port }: TestServer) =>
  exchange(port, 'GET /api/stream/a.txt').then(
    ({ body }) => body.toString() === 'hello',
    () => false,
  )

/** Ends workers, and waits until there are as many as before, and all of them new. */
async function replace(server: TestServer, ended: readonly number[], signal: NodeJS.Signals = 'SIGKILL') {
  const before = workersOf(server)
  for (const pid of ended) process.kill(pid, signal)
  const after = () => workersOf(server).filter((pid) => !ended.includes(pid)).length
  await expect.poll(after, { timeout: 15_000, interval: 20 }).toBe(before.length)
}

const refused = (line: RegExp) => ({
  code: 1,
  stdout: '',
  stderr: expect.stringMatching(new RegExp(`^${line.source}\n$`)),
})

describe.each(runtime.workers)('a server with %i workers', (count) => {
  const startWorkers = (dir = folder.path) => startServer(dir, { args: ['--workers', String(count)] })

  it('goes on answering where one is killed, and soon has as many again', async () => {
    await using server = await startWorkers()
    // The others are reached by the port that was picked for the first.
    const [killed = 0, ...others] = workersOf(server)
    expect(others).toHaveLength(count - 1)
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => workersOf(server).includes(killed)).toBe(false)
    for (let round = 0; round < 20; round++) expect(await isServed(server)).toBe(true)
    await expect.poll(() => workersOf(server).length).toBe(count)
    expect(linesOf(server.stdout)).toHaveLength(1)
    expect(linesOf(server.stderr)).toEqual([expect.stringMatching(REPLACED)])
    expect(await server.stop()).toBe(0)
  })

  it('is there again on the same port where all are killed, time and again', async () => {
    await using server = await startWorkers()
    for (let round = 0; round < 4; round++) {
      await replace(server, workersOf(server))
      await expect.poll(() => isServed(server)).toBe(true)
    }
    expect(linesOf(server.stdout)).toHaveLength(1)
    expect(linesOf(server.stderr).filter((line) => !REPLACED.test(line))).toEqual([])
    expect(await server.stop()).toBe(0)
  }, 60_000)

  it('replaces one that was told to stop', async () => {
    await using server = await startWorkers()
    await replace(server, workersOf(server).slice(0, 1), 'SIGTERM')
    await expect.poll(() => isServed(server)).toBe(true)
    expect(linesOf(server.stderr)).toEqual([expect.stringMatching(REPLACED)])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops cleanly on %s while one is to be replaced',
    async (signal) => {
      await using server = await startWorkers()
      const others = workersOf(server).slice(1)
      const ended = () => workersOf(server).filter((pid) => !others.includes(pid))
      const wait = () => Number(/ in (\d+) ms$/.exec(linesOf(server.stderr).at(-1) ?? '')?.[1] ?? 0)
      // Each time, the next one takes longer to come.
      while (wait() < 1500) await replace(server, ended())
      for (const pid of ended()) process.kill(pid, 'SIGKILL')
      await expect.poll(wait).toBeGreaterThan(3000)
      const begun = performance.now()
      expect(workersOf(server)).toEqual(others)
      expect(await server.stop(signal)).toBe(0)
      expect(performance.now() - begun).toBeLessThan(wait())
      expect(linesOf(server.stderr).filter((line) => !REPLACED.test(line))).toEqual([])
    },
  )

  it('ends with exit code 1 and the reason where no worker starts any more', async () => {
    using gone = makeFolder()
    await using server = await startWorkers(gone.path)
    rmSync(gone.path, { recursive: true })
    for (const pid of workersOf(server)) process.kill(pid, 'SIGKILL')
    // No signal that ends anything: waits for the end.
    expect(await server.stop('SIGCONT')).toBe(1)
    expect(linesOf(server.stderr).at(-1)).toBe(
      `rangekit: the workers do not start any more: there is no folder ${gone.path}`,
    )
    expect(linesOf(server.stderr).filter((line) => line.includes('any more'))).toHaveLength(1)
  }, 60_000)

  it('refuses a port that is taken with one line, by workers as well', async () => {
    const taken = await takePort()
    const args = ['--workers', String(count), '--port']
    expect(await runCommand([folder.path, ...args, String(taken.port)])).toEqual(
      refused(new RegExp(`rangekit: port ${taken.port} is taken; .+`)),
    )
    await taken.close()

    const port = String(await freePort())
    await using first = await startCommand([folder.path, ...args, port])
    expect(await runCommand([folder.path, ...args, port])).toEqual(
      refused(new RegExp(`rangekit: port ${port} is taken; .+`)),
    )
    expect(await isServed(first)).toBe(true)
  })
})

it.skipIf(runtime.workers.length > 0)('refuses --workers where processes cannot share a port', async () => {
  expect(await runCommand([folder.path, '--port', '0', '--workers', '2'])).toEqual(
    refused(/rangekit: --workers needs Node or Bun/),
  )
})
