import { randomBytes } from 'node:crypto'
import { rmSync, symlinkSync, utimesSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { headerValue, headerValues, renderReport, runConformance } from '@rangekit/conformance'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { makeFolder } from '@rangekit/test-kit/folder'
import { beforeAll, describe, expect, it } from 'vitest'
import { serveLocally } from '../src/local.ts'
import { ask, workerdProcesses } from './support/workerd.ts'

const LENGTH = 100_000
const bytes = randomBytes(LENGTH)

const folder = sharedFolder(({ at, put }) => {
  put('film.mp4', bytes)
  put('series/día 1.vtt', 'WEBVTT\n')
  put('empty.bin', '')
  put('.secret.mp4', 'secret')
  symlinkSync('film.mp4', at('inside.mp4'))
  symlinkSync('/etc/passwd', at('outside.mp4'))
})
const variables = { CACHE_CONTROL: 'max-age=60' }
const server = sharedServer(
  () => serveLocally({ dir: folder.path, port: 0, hostname: '127.0.0.1', variables }),
  60_000,
)
// Last-Modified is sent once it is a second old.
beforeAll(() => sleep(1200))

const get = (name: string, fields: readonly string[] = [], method = 'GET') =>
  ask(server.port, `${method} /api/stream/${name}`, fields)

describe('the Worker over a folder', () => {
  it('passes every vector of the conformance checker', async () => {
    const report = await runConformance(`http://127.0.0.1:${server.port}/api/stream/film.mp4`)
    const failed = report.results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id)
    expect(failed, renderReport(report)).toEqual([])
    expect(report.totals.passed).toBeGreaterThan(300)
  }, 60_000)

  it('serves the files of the folder and of its sub-folders', async () => {
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
    expect(headerValue(response.headers, 'cache-control')).toBe('max-age=60, no-transform')
  })

  it('frames every response by a length, never by chunks', async () => {
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

it('can be stopped while it starts, and leaves no process behind', async () => {
  const before = workerdProcesses()
  using state = makeFolder()
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
}, 60_000)

it('keeps unchanged objects for the next start, and drops those of deleted files', async () => {
  using media = makeFolder()
  using state = makeFolder()
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

  media.put('same.txt', 'same')
  media.put('gone.txt', 'gone')
  media.put('changed.txt', 'old')
  const first = await serveOnce()
  expect(first).toMatchObject({ gone: 200, changed: 'old' })

  rmSync(media.at('gone.txt'))
  utimesSync(media.put('changed.txt', 'new'), 1, 1)
  const second = await serveOnce()
  expect(second).toMatchObject({ gone: 404, changed: 'new' })
  const lastModified = headerValue(second.same?.headers ?? [], 'last-modified')
  expect(lastModified).toBeDefined()
  expect(lastModified).toBe(headerValue(first.same?.headers ?? [], 'last-modified'))
}, 60_000)
