import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { freePort, takePort } from '@rangekit/test-kit/ports'
import { beforeAll, expect, it } from 'vitest'
import { WORKER_ROOT } from '../src/wrangler.ts'
import { processesWith } from './support/workerd.ts'

/** A file whose lines contain spaces. */
const WORDS = join(WORKER_ROOT, 'wrangler.jsonc')

let media: string
let odd: string
let temporary: string
let secrets: string

const folder = sharedFolder()
beforeAll(() => {
  media = folder.at('media')
  odd = folder.at('odd')
  temporary = folder.at('tmp')
  mkdirSync(temporary)
  folder.put('media/a.txt', 'hello')
  folder.put('odd/a.txt', 'hello')
  // A name that is not UTF-8, and that would clear the screen.
  writeFileSync(Buffer.from(`${odd}/caf\xe9\x1b[2J\n.txt`, 'latin1'), '')
  secrets = folder.put('secrets', 'a-secret-that-is-long-enough-for-anybody\n')
})

interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly output: Promise<string>
  readonly problem: Promise<string>
}

function spawnStart(...args: readonly string[]): Started['child'] {
  return spawn(process.execPath, [join(WORKER_ROOT, 'src/start.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  })
}

function start(...args: readonly string[]): Started {
  const child = spawnStart(...args)
  return { child, output: text(child.stdout), problem: text(child.stderr) }
}

/** Requests a file, and checks that the server is silent and leaves nothing behind when it stops. */
async function expectServed(
  { child, output, problem }: Started,
  { dir, signal, warnings = '' }: { dir: string; signal: NodeJS.Signals; warnings?: string },
): Promise<Pick<Response, 'status' | 'headers'> & { readonly body: string }> {
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const [, url = ''] = / at (\S+)$/m.exec(line.toString()) ?? []
  const headers = { Origin: 'https://player.example' }
  const response = await fetch(new URL('/api/stream/a.txt', url), { headers })
  const body = await response.text()

  child.kill(signal)
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await output).toBe(`Rangekit is serving ${dir} at ${url}\n`)
  expect(await problem).toBe(warnings)
  expect(await readdir(temporary)).toEqual([])
  await expect.poll(() => processesWith('TMPDIR', temporary)).toEqual([])
  return { status: response.status, headers: response.headers, body }
}

it('prints one line when it is ready, and stops cleanly on SIGTERM', async () => {
  const options = ['--port', '0', '--cors', 'https://player.example', '--secret-file', secrets]
  const unsigned = await expectServed(start(media, ...options), { dir: media, signal: 'SIGTERM' })
  expect(unsigned.status).toBe(403)
  expect(unsigned.headers.get('access-control-allow-origin')).toBe('https://player.example')
}, 60_000)

it('leaves out names that R2 cannot store, with one readable line each, serves the rest, and stops on SIGINT', async () => {
  const warnings = 'rangekit: left out caf\\xe9\\x1b[2J\\x0a.txt: its name is not UTF-8\n'
  const found = await expectServed(start(odd, '--port', '0'), { dir: odd, signal: 'SIGINT', warnings })
  expect([found.status, found.body]).toEqual([200, 'hello'])
}, 60_000)

it.each([
  ['a missing folder', ['/nowhere/at/all'], 'there is no folder /nowhere/at/all\n'],
  ['two folders', ['.', '..'], 'expected one folder, got 2\n'],
  ['an invalid port', ['.', '--port', '70000'], 'expected a port from 0 to 65535, got 70000\n'],
  ['an empty address', ['.', '--host='], 'expected an address to listen on, got an empty one\n'],
  [
    'a Cache-Control of two lines',
    ['.', '--cache-control', 'a\nb'],
    '--cache-control cannot be sent as a field value\n',
  ],
  ['a secret of two words', ['.', '--secret-file', WORDS], `a secret in ${WORDS} contains a space\n`],
  ['an unknown option', ['.', '--workers', '2'], "Unknown option '--workers'"],
])('refuses %s', async (_, args, expected) => {
  const { child, problem } = start(...args)
  expect(await once(child, 'exit')).toEqual([1, null])
  expect((await problem).startsWith(`rangekit: ${expected}`)).toBe(true)
})

it('serves although its output pipes are closed', async () => {
  const port = await freePort()
  const child = spawnStart(odd, '--port', String(port))
  child.stdout.destroy()
  child.stderr.destroy()
  const status = () =>
    fetch(`http://127.0.0.1:${port}/api/stream/a.txt`).then((response) => response.status, String)
  await expect.poll(status, { timeout: 30_000 }).toBe(200)
  child.kill()
  expect(await once(child, 'exit')).toEqual([0, null])
}, 60_000)

it('reports that its port is taken', async () => {
  const { port, close } = await takePort()
  const { child, output, problem } = start(media, '--port', String(port))
  expect(await once(child, 'exit')).toEqual([1, null])
  expect(await problem).toContain(`address already in use 127.0.0.1:${port}`)
  expect(await output).toBe('')
  expect(await readdir(temporary)).toEqual([])
  await close()
}, 60_000)
