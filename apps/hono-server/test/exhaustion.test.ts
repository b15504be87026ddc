import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { makeFolder } from './support/folder.ts'
import { endGroup, start } from './support/processes.ts'
import { exchange, field } from './support/raw.ts'
import { commandLine } from './support/server.ts'
import { findTool } from './support/tools.ts'

/** Starts the server under another command, and gives its port, what it logs, and a way to end both. */
async function startUnder(wrapper: readonly string[], dir: string) {
  const [file = '', ...args] = [...wrapper, ...commandLine(dir, '--port', '0')]
  const child = start(file, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const log = { text: '' }
  child.stderr?.on('data', (chunk) => {
    log.text += chunk
  })
  if (child.stdout === null) throw new Error('no output')
  const [line] = await once(createInterface(child.stdout), 'line')
  const port = Number(/:(\d+)\/$/.exec(String(line))?.[1])
  return { port, log, [Symbol.dispose]: () => endGroup(child) }
}

const prlimit = findTool('prlimit', 'util-linux')
const strace = findTool('strace', 'strace')

describe.skipIf(prlimit === undefined)('a server that runs out of descriptors', () => {
  it('answers 503 with Retry-After, never 404 or 403, and recovers', async () => {
    using folder = makeFolder()
    // Every client asks for another file, and holds its connection: together they want twice what there is.
    for (let index = 0; index < 120; index++) folder.putSparse(`${index}.mp4`, 64 * 1024 * 1024)
    using server = await startUnder([prlimit ?? '', '--nofile=160:160'], folder.path)
    const { port } = server
    const statuses = new Map<number, number>()
    const kept: Promise<void>[] = []
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    for (let index = 0; index < 120; index++) {
      kept.push(
        fetch(`http://127.0.0.1:${port}/api/stream/${index}.mp4`)
          .then(async (response) => {
            statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
            if (response.status === 503) {
              expect(response.headers.get('retry-after')).toBe('1')
              expect(response.headers.get('cache-control')).toBe('no-store')
              expect(await response.text()).toBe('{"detail":"Busy, try again"}')
            }
            await released
            await response.body?.cancel().catch(() => {})
          })
          // Where not even a descriptor for the connection is left, the kernel's answer stands.
          .catch((error: unknown) => {
            if (!(error instanceof TypeError)) throw error
          }),
      )
    }
    await sleep(2000)
    release()
    await Promise.all(kept)
    expect([...statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(statuses.get(503) ?? 0).toBeGreaterThan(0)
    await sleep(1000)
    expect((await exchange(port, 'GET /api/stream/7.mp4', ['Range: bytes=0-9'])).status).toBe(206)
  }, 60_000)
})

const injections = [
  { fault: 'openat:error=EIO', status: 500 },
  { fault: 'openat:error=EMFILE', status: 503 },
  { fault: 'openat:error=ENFILE', status: 503 },
  { fault: 'openat:error=ENOMEM', status: 503 },
  { fault: 'openat:error=ESTALE', status: 500 },
  { fault: 'openat:error=EACCES', status: 404 },
  { fault: 'openat:error=ELOOP', status: 404 },
  { fault: 'pread64:error=EIO', status: 500 },
  { fault: 'pread64:error=ESTALE', status: 500 },
  { fault: 'pread64:retval=0', status: 500 },
  { fault: 'pread64:delay_enter=300000', status: 206 },
  { fault: 'statx:error=EIO', status: 500 },
] as const

describe.skipIf(strace === undefined)('a server whose disk fails', () => {
  it.each(injections)(
    'answers $fault with $status, logs the fault once, and lives on',
    async ({ fault, status }) => {
      using folder = makeFolder()
      folder.put('film.mp4', 'x'.repeat(100_000))
      folder.put('other.mp4', 'y'.repeat(100_000))
      using server = await startUnder(
        [strace ?? '', '-f', '-qq', '-o', '/dev/null', '-P', folder.at('film.mp4'), `--inject=${fault}`],
        folder.path,
      )
      const { port, log } = server
      const response = await exchange(port, 'GET /api/stream/film.mp4', ['Range: bytes=10-19'])
      expect(response.status).toBe(status)
      if (status === 206) expect(response.body.toString()).toBe('x'.repeat(10))
      if (status === 500) expect(response.body.toString()).toBe('{"detail":"Internal error"}')
      if (status === 503) expect(field(response, 'retry-after')).toBe('1')
      expect(log.text.match(/^\S*Error/gm)?.length ?? 0).toBe(status >= 500 ? 1 : 0)
      expect((await exchange(port, 'GET /api/stream/other.mp4', ['Range: bytes=10-19'])).status).toBe(206)
    },
    30_000,
  )
})
