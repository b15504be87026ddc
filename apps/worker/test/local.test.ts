import { randomBytes } from 'node:crypto'
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerValue, headerValues, renderReport, runConformance } from '@rangekit/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalServer, serveLocally } from '../src/local.ts'
import { ask, temporaryFolder, workerdProcesses } from './support/worker.ts'

const LENGTH = 100_000
const bytes = randomBytes(LENGTH)

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let server: LocalServer

beforeAll(async () => {
  folder = await temporaryFolder()
  const dir = folder.path
  await mkdir(join(dir, 'series'))
  await writeFile(join(dir, 'film.mp4'), bytes)
  await writeFile(join(dir, 'series', 'día 1.vtt'), 'WEBVTT\n')
  await writeFile(join(dir, 'empty.bin'), '')
  await writeFile(join(dir, '.secret.mp4'), 'secret')
  await symlink('film.mp4', join(dir, 'inside.mp4'))
  await symlink('/etc/passwd', join(dir, 'outside.mp4'))
  server = await serveLocally({
    dir,
    port: 0,
    hostname: '127.0.0.1',
    variables: { CACHE_CONTROL: 'max-age=60' },
  })
  // Last-Modified is given out once it is a second old.
  await sleep(1200)
}, 60_000)

afterAll(async () => {
  await server?.stop()
  await folder?.remove()
})

const get = (name: string, fields: readonly string[] = [], method = 'GET') =>
  ask(server.port, `${method} /api/stream/${name}`, fields)

describe('the Worker over a folder', () => {
  it('passes every vector of the conformance checker', async () => {
    const report = await runConformance(`http://127.0.0.1:${server.port}/api/stream/film.mp4`)
    const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
    expect(failed, renderReport(report)).toEqual([])
    expect(report.totals.passed).toBeGreaterThan(300)
  }, 60_000)

  it('serves the files of the folder and of the folders in it', async () => {
    expect((await get('film.mp4')).body.equals(bytes)).toBe(true)
    expect((await get('inside.mp4')).body.equals(bytes)).toBe(true)
    const subtitles = await get('series/d%C3%ADa%201.vtt')
    expect(subtitles.body.toString()).toBe('WEBVTT\n')
    expect(headerValue(subtitles.headers, 'content-type')).toBe('text/vtt')
    const empty = await get('empty.bin', ['Range: bytes=0-0'])
    expect(empty.status).toBe(200)
    expect(headerValue(empty.headers, 'content-length')).toBe('0')
  })

  it.each(['.secret.mp4', 'outside.mp4', 'missing.mp4', 'series', '', '%2e%2e/film.mp4', 'a%2Fb'])(
    'answers 404 to %j',
    async (name) => {
      expect((await get(name)).status).toBe(404)
    },
  )

  it('takes its variables from the environment', async () => {
    const response = await get('film.mp4', ['Range: bytes=0-0'])
    expect(headerValue(response.headers, 'cache-control')).toBe('max-age=60')
  })

  it('frames every answer by a length, and never by chunks', async () => {
    const etag = headerValue((await get('film.mp4')).headers, 'etag') ?? ''
    const answers = [
      [200, LENGTH, await get('film.mp4')],
      [200, 0, await get('film.mp4', [], 'HEAD')],
      [206, 2, await get('film.mp4', ['Range: bytes=0-1'])],
      [206, LENGTH - 1, await get('film.mp4', ['Range: bytes=1-'])],
      [206, undefined, await get('film.mp4', ['Range: bytes=0-9,50000-50009'])],
      [304, 0, await get('film.mp4', [`If-None-Match: ${etag}`])],
      [412, 0, await get('film.mp4', ['If-Match: "other"'])],
      [416, 0, await get('film.mp4', [`Range: bytes=${LENGTH}-`])],
    ] as const
    for (const [status, length, answer] of answers) {
      expect(answer).toMatchObject({ status, complete: true })
      expect(answer.extraBytes).toHaveLength(0)
      expect(headerValues(answer.headers, 'transfer-encoding')).toEqual([])
      if (length !== undefined) expect(answer.body).toHaveLength(length)
      if (status < 300) expect(headerValues(answer.headers, 'content-length')).toHaveLength(1)
    }
    expect(headerValue(answers[1][2].headers, 'content-length')).toBe(String(LENGTH))
  })
})

it('can be stopped while it starts, and leaves nothing behind', async () => {
  const before = workerdProcesses()
  const state = await temporaryFolder()
  const stopping = new AbortController()
  const starting = serveLocally({
    dir: folder.path,
    port: 0,
    hostname: '127.0.0.1',
    stateDir: state.path,
    signal: stopping.signal,
  })
  stopping.abort()
  await expect(starting).rejects.toThrow('aborted')
  await expect.poll(workerdProcesses).toEqual(before)
  await state.remove()
}, 60_000)

it('keeps what has not changed for the next time, and forgets what is gone', async () => {
  const media = await temporaryFolder()
  const state = await temporaryFolder()
  const write = (name: string, text: string) => writeFile(join(media.path, name), text)
  const serveOnce = async () => {
    const options = { dir: media.path, port: 0, hostname: '127.0.0.1', stateDir: state.path }
    const { port, stop } = await serveLocally(options)
    await sleep(1200)
    const names = ['same.txt', 'gone.txt', 'changed.txt'] as const
    const [same, gone, changed] = await Promise.all(
      names.map((name) => ask(port, `GET /api/stream/${name}`)),
    ).finally(stop)
    return { same, gone: gone?.status, changed: changed?.body.toString() }
  }

  await Promise.all([write('same.txt', 'same'), write('gone.txt', 'gone'), write('changed.txt', 'old')])
  const first = await serveOnce()
  expect(first).toMatchObject({ gone: 200, changed: 'old' })

  await rm(join(media.path, 'gone.txt'))
  await write('changed.txt', 'new')
  await utimes(join(media.path, 'changed.txt'), 1, 1)
  const second = await serveOnce()
  expect(second).toMatchObject({ gone: 404, changed: 'new' })
  const lastModified = headerValue(second.same?.headers ?? [], 'last-modified')
  expect(lastModified).toBeDefined()
  expect(lastModified).toBe(headerValue(first.same?.headers ?? [], 'last-modified'))

  await media.remove()
  await state.remove()
}, 60_000)
