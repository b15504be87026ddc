import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startFileHost } from '../../test/support/file-host.ts'
import { download } from './download.ts'
import type { DownloadRequest, DownloadState } from './get-options.ts'
import { getProblem } from './get-problem.ts'

const MiB = 1024 * 1024
const BYTES = positionBytes(5 * MiB + 123)
const OTHER = BYTES.toReversed()
const FIELDS = { etag: '"one"', 'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT' }

const host = await startFileHost()
afterAll(() => host.stop())
let folder: TestFolder
beforeEach(() => {
  folder = makeFolder()
  host.reset({ bytes: BYTES, fields: FIELDS })
})
afterEach(() => folder.remove())

const newState = (): DownloadState => ({ name: '', bytes: 0, resumedBytes: 0, length: undefined })

/** Downloads `/film.mp4` into the folder; returns what the user learned, too. */
async function get(change: Partial<DownloadRequest> = {}, state = newState()) {
  const notices: string[] = []
  const request: DownloadRequest = {
    url: `${host.origin}/film.mp4`,
    output: folder.path,
    force: false,
    connections: 4,
    headers: {},
    signal: AbortSignal.timeout(20_000),
    notice: (text) => notices.push(text.replace(`${folder.path}/`, '')),
    ...change,
  }
  return { ...(await download(request, state)), notices, state }
}

function expectFilm(bytes: Uint8Array = BYTES): void {
  expect(readdirSync(folder.path)).toEqual(['film.mp4'])
  expect(sameBytes(readFileSync(folder.at('film.mp4')), bytes)).toBe(true)
}

const ranges = () => host.requests.flatMap(({ headers }) => headers.range ?? [])

/** Downloads until about a half of it is there, and stops. */
async function stopHalfway(): Promise<void> {
  const stopping = new AbortController()
  let count = 0
  host.breakAfter = MiB
  host.before = async ({ method }) => {
    if (method === 'GET' && ++count > 3) {
      stopping.abort(new Error('stopped'))
      await new Promise(() => {})
    }
  }
  await expect(get({ connections: 1, signal: stopping.signal })).rejects.toThrow('stopped')
  expect(readdirSync(folder.path).sort()).toEqual(['film.mp4.part', 'film.mp4.part.json'])
  host.reset({ bytes: host.bytes, fields: host.fields })
}

describe('a download', () => {
  it('fetches pieces of one version, and keeps the time of the server', async () => {
    const { state, notices } = await get()
    expectFilm()
    expect(statSync(folder.at('film.mp4')).mtime).toEqual(new Date('1994-11-06T08:49:37Z'))
    expect(ranges().length).toBe(4)
    expect(host.requests.slice(1).every(({ headers }) => headers['if-match'] === '"one"')).toBe(true)
    expect([state.bytes, state.length, notices]).toEqual([BYTES.length, BYTES.length, []])
  })

  it('takes the name of the server, which is never a path', async () => {
    host.fields = { ...FIELDS, 'content-disposition': 'attachment; filename="../../evil.mp4"' }
    await get()
    expect(readdirSync(folder.path)).toEqual(['evil.mp4'])
  })

  it('downloads an empty file', async () => {
    host.bytes = new Uint8Array()
    await get()
    expectFilm(host.bytes)
  })

  it('does not replace a file unless it is told to', async () => {
    folder.put('film.mp4', 'mine')
    await expect(get()).rejects.toThrow(/film\.mp4 exists; --force replaces it$/)
    expect(readFileSync(folder.at('film.mp4'), 'utf8')).toBe('mine')
    await get({ force: true })
    expectFilm()
  })

  it('does not replace a file that came in the meantime, and keeps what it has', async () => {
    host.before = ({ method }) => {
      if (method === 'GET') folder.put('film.mp4', 'mine')
    }
    await expect(get()).rejects.toThrow(/film\.mp4 exists; --force replaces it$/)
    expect(readFileSync(folder.at('film.mp4'), 'utf8')).toBe('mine')
    const { state } = await get({ force: true })
    expectFilm()
    expect(state.resumedBytes).toBe(BYTES.length)
  })

  it('into a folder that is not there names the file, not the URL', async () => {
    for (const hasRanges of [true, false]) {
      host.hasRanges = hasRanges
      const state = newState()
      const error = await get({ output: folder.at('none/film.mp4') }, state).catch(
        (reason: unknown) => reason,
      )
      expect(getProblem(error, state)).toBe(`${folder.at('none/film.mp4')}: there is no such folder`)
    }
  })

  it('goes on where connections break', async () => {
    host.breakAfter = MiB / 2
    await get()
    expectFilm()
  })

  it('goes on where connections break, of a file that has a date alone', async () => {
    host.fields = { 'last-modified': FIELDS['last-modified'] }
    host.breakAfter = MiB / 2
    await get()
    expectFilm()
  })

  it('sends the fields it was told to with each request', async () => {
    await get({ headers: { authorization: 'Bearer abc' } })
    expect(host.requests.every(({ headers }) => headers.authorization === 'Bearer abc')).toBe(true)
  })
})

describe('a download to the standard output', () => {
  /** Downloads to the standard output, of which nothing is printed; returns what it took. */
  async function pipe(): Promise<{ readonly bytes: Uint8Array; readonly error: unknown }> {
    const chunks: Uint8Array[] = []
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...others) => {
      chunks.push(Buffer.from(chunk))
      for (const callback of others) if (typeof callback === 'function') callback()
      return true
    })
    const error = await get({ output: '-' }).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    write.mockRestore()
    return { bytes: Buffer.concat(chunks), error }
  }

  it('has the bytes of the file', async () => {
    const { bytes, error } = await pipe()
    expect(error).toBeUndefined()
    expect(sameBytes(bytes, BYTES)).toBe(true)
  })

  it('ends, and does not begin again, if the server ignores ranges from some byte on', async () => {
    host.breakAfter = MiB
    host.before = ({ headers }) => {
      if (headers.range !== undefined && !headers.range.startsWith('bytes=0-')) host.hasRanges = false
    }
    const { bytes, error } = await pipe()
    expect(error).toMatchObject({ fault: 'no-ranges' })
    expect(sameBytes(bytes, BYTES.subarray(0, bytes.length))).toBe(true)
    expect(bytes.length).toBeLessThan(2 * MiB)
  })
})

describe('an interrupted download', () => {
  it('is resumed: what is there is not fetched again', async () => {
    await stopHalfway()
    const { state, notices } = await get()
    expectFilm()
    expect(notices).toEqual([expect.stringMatching(/^resuming film\.mp4 at [1-9]\d%$/)])
    expect(state.resumedBytes).toBeGreaterThan(MiB)
    expect(state.bytes).toBe(BYTES.length)
    expect(host.requests.length).toBeLessThan(7)
  })

  it.each([
    ['another tag', { ...FIELDS, etag: '"two"' }],
    ['another date, and no tag', { 'last-modified': 'Sun, 06 Nov 1994 08:49:38 GMT' }],
  ])('starts anew if the file has %s by now', async (_, fields) => {
    await stopHalfway()
    host.reset({ bytes: OTHER, fields })
    const { notices, state } = await get()
    expectFilm(OTHER)
    expect(notices).toEqual(['film.mp4 is another file on the server by now; starting anew'])
    expect(state.resumedBytes).toBe(0)
  })

  it.each([
    ['is damaged', '{"url": "x"'],
    ['says more than there is', undefined],
  ])('starts anew if its record %s', async (_, damaged) => {
    await stopHalfway()
    if (damaged === undefined) writeFileSync(folder.at('film.mp4.part'), 'short')
    else writeFileSync(folder.at('film.mp4.part.json'), damaged)
    const { state } = await get()
    expectFilm()
    expect(state.resumedBytes).toBe(0)
  })

  it('is left alone while another process is at work on it', async () => {
    await stopHalfway()
    const path = folder.at('film.mp4.part.json')
    const record = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...record, pid: process.ppid }))
    await expect(get()).rejects.toThrow(`is being downloaded by process ${process.ppid}`)
  })
})

describe('a file that changes while it is downloaded', () => {
  it('is downloaded anew', async () => {
    let count = 0
    host.before = ({ method }) => {
      if (method === 'GET' && ++count === 3)
        Object.assign(host, { bytes: OTHER, fields: { ...FIELDS, etag: '"two"' } })
    }
    const { notices } = await get()
    expectFilm(OTHER)
    expect(notices).toEqual(['film.mp4 is another file on the server by now; starting anew'])
  })

  it('is given up if it changes again and again', async () => {
    let count = 0
    host.before = ({ method }) => {
      if (method === 'GET') host.fields = { ...FIELDS, etag: `"${++count}"` }
    }
    await expect(get()).rejects.toMatchObject({ fault: 'changed' })
    expect(existsSync(folder.at('film.mp4'))).toBe(false)
  })
})

describe('a digest of the server', () => {
  it.each(['sha-256', 'sha-512'])('is compared: %s', async (algorithm) => {
    const digest = createHash(algorithm.replace('-', '')).update(BYTES).digest('base64')
    host.fields = { ...FIELDS, 'repr-digest': `${algorithm}=:${digest}:` }
    expect((await get()).verified).toBe(algorithm.toUpperCase())
    expectFilm()
    expect(host.requests[0]?.headers['want-repr-digest']).toMatch(/sha-256=/)
  })

  it.each([true, false])('that does not match leaves nothing behind (with ranges: %s)', async (hasRanges) => {
    const digest = createHash('sha256').update(OTHER).digest('base64')
    Object.assign(host, { hasRanges, fields: { ...FIELDS, 'repr-digest': `sha-256=:${digest}:` } })
    await expect(get()).rejects.toThrow('what arrived does not match the SHA-256 of the server')
    expect(readdirSync(folder.path)).toEqual([])
  })
})

describe('a server', () => {
  it.each([
    ['that ignores ranges', { hasRanges: false }],
    ['that has nothing to tell versions by', { fields: {} }],
    [
      'that says so but ignores ranges',
      { hasRanges: false, fields: { ...FIELDS, 'accept-ranges': 'bytes' } },
    ],
  ])('%s is asked for all of the file, once', async (_, change) => {
    Object.assign(host, change)
    const { notices, state } = await get()
    expectFilm()
    expect(notices).toEqual(['film.mp4 only comes as a whole: on one connection, and not resumed'])
    expect([state.bytes, state.length]).toEqual([BYTES.length, BYTES.length])
    expect(host.requests.filter(({ method, headers }) => method === 'GET' && !headers.range).length).toBe(1)
  })

  it('without ranges whose connection breaks leaves nothing behind', async () => {
    Object.assign(host, { hasRanges: false, breakAfter: MiB })
    await expect(get()).rejects.toThrow()
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('without ranges is not kept waiting for a file that may not be replaced', async () => {
    folder.put('film.mp4', 'mine')
    let open = 0
    host.hasRanges = false
    host.before = ({ method, headers }, response) => {
      if (method !== 'GET' || headers.range !== undefined) return undefined
      open++
      response
        .on('close', () => open--)
        .writeHead(200, { 'content-length': 5 })
        .write('0')
      return new Promise(() => {})
    }
    await expect(get()).rejects.toThrow(/film\.mp4 exists; --force replaces it$/)
    // Sooner than the memory is collected, which ends it as well.
    await expect.poll(() => open, { timeout: 3000 }).toBe(0)
  })

  it('that sends a part where all was asked for is refused', async () => {
    host.hasRanges = false
    host.before = ({ method, headers }, response) => {
      if (method === 'GET' && headers.range === undefined) {
        response.writeHead(206, { 'content-range': 'bytes 0-4/10' }).end('01234')
      }
    }
    await expect(get()).rejects.toThrow(/film\.mp4 was answered with 206$/)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it.each([['data:,01234'], ['http://user:secret@127.0.0.1/film.mp4']])(
    'that leads to what is no plain URL is not followed, and its text has no secrets: %s',
    async (location) => {
      host.hasRanges = false
      host.before = ({ method, headers }, response) => {
        if (method === 'GET' && headers.range === undefined) {
          response.writeHead(302, { location }).end()
        }
      }
      const url = `${host.origin}/film.mp4?signature=secret`
      await expect(get({ url })).rejects.toThrow(
        `${host.origin}/film.mp4 was redirected to what is no plain URL of http`,
      )
    },
  )

  it('whose date is of this minute, and that has no tag, is asked for all of the file', async () => {
    host.fields = { 'last-modified': new Date().toUTCString() }
    const { notices } = await get()
    expectFilm()
    expect(notices).toEqual(['film.mp4 only comes as a whole: on one connection, and not resumed'])
  })

  it('that compresses what it should not is refused', async () => {
    Object.assign(host, { hasRanges: false, fields: { 'content-encoding': 'gzip' } })
    await expect(get()).rejects.toThrow(/gzip/)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('that leads elsewhere is followed, and what is there does not get the fields', async () => {
    const elsewhere = host.origin.replace('127.0.0.1', 'localhost')
    for (const hasRanges of [true, false]) {
      host.reset({ bytes: BYTES, fields: FIELDS, hasRanges })
      host.before = (request, response) => {
        if (request.url === '/film.mp4') response.writeHead(302, { location: `${elsewhere}/real` }).end()
      }
      await get({ headers: { 'x-key': 'secret' }, force: true })
      expectFilm()
      for (const { url, headers } of host.requests) {
        expect([url, headers['x-key']]).toEqual([url, url === '/film.mp4' ? 'secret' : undefined])
      }
    }
  })

  it('that has no such file is an error', async () => {
    host.before = (_, response) => response.writeHead(404).end()
    await expect(get()).rejects.toMatchObject({ fault: 'missing' })
    expect(readdirSync(folder.path)).toEqual([])
  })
})
