import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { run, start } from '@rangekit/test-kit/processes'
import { RUNTIMES } from '@rangekit/test-kit/runtimes'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import { startFileHost } from '../support/file-host.ts'
import { runtime } from '../support/runtime.ts'

/** How often a download is killed. */
const KILLS = Math.ceil(3 * runtime.share)
const BYTES = positionBytes(12 * 1024 * 1024 + 5)
const FIELDS = { etag: '"one"', 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }
const [command, ...args] = RUNTIMES[runtime.name]

const host = await startFileHost()
afterAll(() => host.stop())
let folder: TestFolder
beforeEach(() => {
  folder = makeFolder()
  host.reset({ bytes: BYTES, fields: FIELDS })
})
afterEach(() => folder.remove())

const get = (...flags: string[]) =>
  run(command, [...args, 'get', `${host.origin}/film.mp4`, ...flags], { cwd: folder.path })

/** Starts a download that is slow and never done, and waits until some of it has been recorded. */
async function startSlow(isRecorded: (record: string) => boolean) {
  host.pace = 16 * 1024
  const child = start(command, [...args, 'get', `${host.origin}/film.mp4`], {
    cwd: folder.path,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr?.on('data', (text) => {
    stderr += text
  })
  const exited = once(child, 'exit')
  await expect.poll(() => isRecorded(record()), { interval: 10, timeout: 25_000 }).toBe(true)
  return {
    async stop(signal: NodeJS.Signals) {
      child.kill(signal)
      const [code] = await exited
      return { code, stderr }
    },
  }
}

/** What is said to be there; empty if nothing is. */
function record(): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(folder.at('film.mp4.part.json'), 'utf8')).done)
  } catch {
    return ''
  }
}

function expectFilm(): void {
  expect(readdirSync(folder.path)).toEqual(['film.mp4'])
  expect(sameBytes(readFileSync(folder.at('film.mp4')), BYTES)).toBe(true)
}

it('downloads a file, and says so on one line', async () => {
  const { code, stdout, stderr } = await get()
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^film\.mp4: 12\.6 MB in \d+\.\d s, \d[\d.]* .?B\/s\n$/)
  expectFilm()
})

it('says on one line why it did not', async () => {
  folder.put('film.mp4', 'mine')
  expect(await get()).toEqual({
    code: 1,
    stdout: '',
    stderr: 'rangekit: film.mp4 exists; --force replaces it\n',
  })
})

it('writes to the standard output', async () => {
  host.bytes = new TextEncoder().encode('¡Hola!')
  const { code, stdout, stderr } = await get('-o', '-', '--quiet')
  expect([code, stdout, stderr]).toEqual([0, '¡Hola!', ''])
  expect(readdirSync(folder.path)).toEqual([])
})

it('says after Ctrl-C how to go on, and does', async () => {
  const { stop } = await startSlow((done) => done.length > 2)
  expect(await stop('SIGINT')).toEqual({
    code: 130,
    stderr: 'rangekit: stopped; the same command goes on from here\n',
  })
  host.reset({ bytes: BYTES, fields: FIELDS })
  expect((await get()).stderr).toMatch(/^rangekit: resuming film\.mp4 at \d+%\n$/)
  expectFilm()
}, 90_000)

it('goes on after kill -9 at any moment, and the file is right', async () => {
  let before = ''
  for (let kill = 0; kill < KILLS; kill++) {
    const { stop } = await startSlow((done) => done.length > 2 && done !== before)
    await setTimeout(Math.random() * 100)
    await stop('SIGKILL')
    before = record()
    expect(readdirSync(folder.path)).not.toContain('film.mp4')
  }
  host.reset({ bytes: BYTES, fields: FIELDS })
  expect((await get()).stderr).toMatch(/^rangekit: resuming film\.mp4 at \d+%\n$/)
  expectFilm()
}, 90_000)
