import { rmSync } from 'node:fs'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { freePort, takePort } from '@rangekit/test-kit/ports'
import { childrenOf } from '@rangekit/test-kit/processes'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import {
  isServed,
  refused,
  runCommand,
  startCommand,
  startServer,
  type TestServer,
} from '../support/server.ts'

/** The line on stderr for a worker that ended. */
const REPLACED =
  /^rangekit: (?:worker \d+ ended|a worker ended before it was ready) \((?:SIGKILL|exit code 0)\); starting another in \d+ ms$/

const folder = sharedFolder(({ put }) => put('a.txt', 'hello'))

const workersOf = ({ pid }: TestServer) => childrenOf(pid)

function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean)
}

/** Ends workers, and waits until as many new ones have started. */
async function replace(
  server: TestServer,
  ended: readonly number[],
  { poll }: typeof expect,
  signal: NodeJS.Signals = 'SIGKILL',
) {
  const before = workersOf(server)
  for (const pid of ended) process.kill(pid, signal)
  const after = () => workersOf(server).filter((pid) => !ended.includes(pid)).length
  await poll(after, { timeout: 15_000, interval: 20 }).toBe(before.length)
}

// Most of their time is waiting for processes to start, and for delays before that.
describe.concurrent.each(runtime.workers)('a server with %i workers', (count) => {
  const startWorkers = (dir = folder.path) => startServer(dir, { args: ['--workers', String(count)] })

  it('goes on answering when one is killed, and starts another', async ({ expect }) => {
    await using server = await startWorkers()
    // The others listen on the port that was picked for the first.
    const [killed = 0, ...others] = workersOf(server)
    expect(others).toHaveLength(count - 1)
    process.kill(killed, 'SIGKILL')
    await expect.poll(() => workersOf(server).includes(killed)).toBe(false)
    for (let round = 0; round < 20; round++) expect(await isServed(server.port)).toBe(true)
    await expect.poll(() => workersOf(server).length).toBe(count)
    expect(linesOf(server.stdout)).toHaveLength(1)
    expect(linesOf(server.stderr)).toEqual([expect.stringMatching(REPLACED)])
    expect(await server.stop()).toBe(0)
  })

  it('comes back on the same port when all are killed, repeatedly', async ({ expect }) => {
    await using server = await startWorkers()
    for (let round = 0; round < 3; round++) {
      await replace(server, workersOf(server), expect)
      await expect.poll(() => isServed(server.port)).toBe(true)
    }
    expect(linesOf(server.stdout)).toHaveLength(1)
    expect(linesOf(server.stderr).filter((line) => !REPLACED.test(line))).toEqual([])
    expect(await server.stop()).toBe(0)
  }, 60_000)

  it('replaces one that receives SIGTERM', async ({ expect }) => {
    await using server = await startWorkers()
    await replace(server, workersOf(server).slice(0, 1), expect, 'SIGTERM')
    await expect.poll(() => isServed(server.port)).toBe(true)
    expect(linesOf(server.stderr)).toEqual([expect.stringMatching(REPLACED)])
  })

  it.for(['SIGTERM', 'SIGINT'] as const)(
    'stops cleanly on %s while one waits to be replaced',
    async (signal, { expect }) => {
      await using server = await startWorkers()
      const others = workersOf(server).slice(1)
      const ended = () => workersOf(server).filter((pid) => !others.includes(pid))
      const wait = () => Number(/ in (\d+) ms$/.exec(linesOf(server.stderr).at(-1) ?? '')?.[1] ?? 0)
      // The delay grows each time.
      while (wait() < 1500) await replace(server, ended(), expect)
      for (const pid of ended()) process.kill(pid, 'SIGKILL')
      await expect.poll(wait).toBeGreaterThan(3000)
      const begun = performance.now()
      expect(workersOf(server)).toEqual(others)
      expect(await server.stop(signal)).toBe(0)
      expect(performance.now() - begun).toBeLessThan(wait())
      expect(linesOf(server.stderr).filter((line) => !REPLACED.test(line))).toEqual([])
    },
  )

  it('exits with 1 and the reason when no worker starts any more', async ({ expect }) => {
    using gone = makeFolder()
    await using server = await startWorkers(gone.path)
    rmSync(gone.path, { recursive: true })
    for (const pid of workersOf(server)) process.kill(pid, 'SIGKILL')
    // SIGCONT ends nothing: this waits for the end.
    expect(await server.stop('SIGCONT')).toBe(1)
    expect(linesOf(server.stderr).at(-1)).toBe(
      `rangekit: the workers do not start any more: there is no folder ${gone.path}`,
    )
    expect(linesOf(server.stderr).filter((line) => line.includes('any more'))).toHaveLength(1)
  }, 60_000)

  it('refuses a taken port with one line, also when workers took it', async ({ expect }) => {
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
    expect(await isServed(first.port)).toBe(true)
  })
})

it.skipIf(runtime.workers.length > 0)(
  'refuses --workers on a runtime whose processes cannot share a port',
  async () => {
    expect(await runCommand([folder.path, '--port', '0', '--workers', '2'])).toEqual(
      refused(/rangekit: --workers needs Node or Bun/),
    )
  },
)
