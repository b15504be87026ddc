import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WORKER_ROOT } from '../src/wrangler.ts'
import { processesWith, temporaryFolder } from './support.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let media: string
let temporary: string
let secrets: string

beforeAll(async () => {
  folder = await temporaryFolder()
  media = join(folder.path, 'media')
  temporary = join(folder.path, 'tmp')
  secrets = join(folder.path, 'secrets')
  await mkdir(media)
  await mkdir(temporary)
  await writeFile(join(media, 'a.txt'), 'hello')
  await writeFile(secrets, 'a secret that is long enough for anybody\n')
})

afterAll(() => folder?.remove())

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly output: Promise<string>
  readonly problem: Promise<string>
}

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, [join(WORKER_ROOT, 'src/start.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  })
  return { child, output: text(child.stdout), problem: text(child.stderr) }
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  'prints one line when it is ready, and stops cleanly on %s',
  async (signal) => {
    const options = ['--port', '0', '--cors', 'https://player.example', '--secret-file', secrets]
    const { child, output, problem } = start(media, ...options)
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const [, url = ''] = / at (\S+)$/m.exec(line.toString()) ?? []
    const unsigned = await fetch(new URL('/api/stream/a.txt', url), {
      headers: { Origin: 'https://player.example' },
    })
    expect(unsigned.status).toBe(403)
    expect(unsigned.headers.get('access-control-allow-origin')).toBe('https://player.example')

    child.kill(signal)
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await output).toBe(`Rangekit is serving ${media} at ${url}\n`)
    expect(await problem).toBe('')
    expect(await readdir(temporary)).toEqual([])
    await expect.poll(() => processesWith('TMPDIR', temporary)).toEqual([])
  },
  60_000,
)

it.each([
  ['a folder that is not there', ['/nowhere/at/all'], 'rangekit: /nowhere/at/all is no folder\n'],
  ['a port that is none', ['.', '--port', '70000'], 'rangekit: 70000 is no port\n'],
  ['an option that it does not know', ['.', '--workers', '2'], "rangekit: Unknown option '--workers'"],
])(
  'refuses %s',
  async (_, args, expected) => {
    const { child, problem } = start(...args)
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(await problem).toContain(expected)
  },
  30_000,
)

it('says so where its port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { child, output, problem } = start(media, '--port', String(port))
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(await problem).toContain(`address already in use 127.0.0.1:${port}`)
  expect(await output).toBe('')
  expect(await readdir(temporary)).toEqual([])
  taken.close()
}, 60_000)
