import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { signUrl } from '@rangekit/range-handler'
import { anyName } from '@rangekit/test-kit/any-name'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { exchange, field, openSocket } from '@rangekit/test-kit/raw'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { findTool } from '@rangekit/test-kit/tools'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LibraryPage, MediaFacts } from '../../src/library/protocol.ts'
import { NOT_FOUND, startServer } from '../support/server.ts'

const ffmpeg = findTool('ffmpeg', 'ffmpeg') ?? ''

const folder = sharedFolder(({ path, put }) => {
  put('My_Video__123e4567.mp4', '12345')
  put('My_Video__123e4567.en.vtt', 'WEBVTT')
  put('My_Video__123e4567.jpg', '\xff\xd8\xff')
  put('film 10.mkv', '1')
  put('film 9.mkv', '22')
  put('.hidden.mp4', '')
  put('Séries/Año_1.mp4', '')
  put('Séries/deep/año 2.mp4', '')
  mkdirSync(`${path}/empty`)
  symlinkSync('/etc/passwd', `${path}/passwd`)
  execFileSync('mkfifo', [`${path}/pipe.mp4`])
})
const server = sharedServer(() => startServer(folder.path))

function get(query: Record<string, string>, fields: string[] = [], method = 'GET') {
  return exchange(server.port, `${method} /api/videos?${new URLSearchParams(query)}`, fields)
}

async function list(query: Record<string, string> = {}): Promise<LibraryPage> {
  const response = await get(query)
  expect([response.status, response.complete]).toEqual([200, true])
  return JSON.parse(response.body.toString())
}

const namesOf = ({ entries }: LibraryPage) => entries.map(({ name }) => name)

describe('GET /api/videos', () => {
  it('lists the root: folders first, in natural order, without dotfiles, sidecars and links out', async () => {
    const page = await list()
    expect(namesOf(page)).toEqual(['empty', 'Séries', 'film 9.mkv', 'film 10.mkv', 'My_Video__123e4567.mp4'])
    expect(page).toMatchObject({ path: '', total: 5 })
    expect(page.next).toBeUndefined()
    expect(page.entries.at(-1)).toEqual({
      kind: 'video',
      key: 'My_Video__123e4567.mp4',
      name: 'My_Video__123e4567.mp4',
      title: 'My Video',
      taskId: '123e4567',
      contentType: 'video/mp4',
      size: 5,
      // Deno has it in whole milliseconds, cut off.
      modified: expect.closeTo(LONG_AGO.getTime(), -1),
      stream: 'api/stream/My_Video__123e4567.mp4',
      page: 'watch/My_Video__123e4567.mp4',
    })
    expect(page.entries[1]).toMatchObject({
      kind: 'folder',
      key: 'Séries',
      title: 'Séries',
      size: 0,
      page: 'browse/S%C3%A9ries/',
    })
  })

  it('lists a sub-folder, and links to what it says', async () => {
    const { path, entries } = await list({ path: 'Séries' })
    expect([path, ...entries.map(({ key }) => key)]).toEqual(['Séries', 'Séries/deep', 'Séries/Año_1.mp4'])
    expect((await exchange(server.port, `GET /${entries[1]?.stream}`)).status).toBe(200)
    expect((await list({ path: 'empty' })).entries).toEqual([])
  })

  it('finds each word in names here and below, without case and accents', async () => {
    const page = await list({ q: ' ANO  MP4' })
    expect(page.entries.map(({ key }) => key)).toEqual(['Séries/Año_1.mp4', 'Séries/deep/año 2.mp4'])
    expect(namesOf(await list({ q: 'series' }))).toEqual(['Séries'])
    expect(await list({ q: 'nowhere' })).toMatchObject({ total: 0, entries: [] })
  })

  it('pages with any limit, each entry once', async () => {
    for (const sort of ['title', '-size', '-modified']) {
      const whole = namesOf(await list({ sort }))
      for (const limit of ['1', '2', '4']) {
        const names: string[] = []
        let cursor: string | undefined = ''
        while (cursor !== undefined) {
          const page: LibraryPage = await list({ sort, limit, cursor })
          expect(page.total).toBe(5)
          names.push(...namesOf(page))
          cursor = page.next
        }
        expect(names).toEqual(whole)
      }
    }
  })

  it('has an ETag, a 304 for it, and HEAD', async () => {
    const first = await get({ sort: 'size' })
    const etag = field(first, 'etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    expect(field(first, 'cache-control')).toBe('no-cache')
    expect(field(first, 'content-type')).toBe('application/json')
    const again = await get({ sort: 'size' }, [`If-None-Match: ${etag}`])
    expect([again.status, field(again, 'etag'), again.body.length]).toEqual([304, etag, 0])
    expect((await get({ sort: '-size' }, [`If-None-Match: ${etag}`])).status).toBe(200)
    const head = await get({ sort: 'size' }, [], 'HEAD')
    expect([head.status, field(head, 'etag'), head.body.length]).toEqual([200, etag, 0])
    expect(field(head, 'content-length')).toBe(String(first.body.length))
  })

  it.each([
    [{ sort: 'name' }, 'sort is not one of title, -title, modified, -modified, size, -size'],
    [{ limit: '0' }, 'limit is not a whole number from 1 to 1000'],
    [{ limit: '1001' }, 'limit is not a whole number from 1 to 1000'],
    [{ limit: '1e2' }, 'limit is not a whole number from 1 to 1000'],
    [{ cursor: 'x' }, 'cursor is not one of a page in this order'],
    [{ cursor: 'x'.repeat(1000) }, 'cursor is not one of a page in this order'],
    [{ q: 'x'.repeat(201) }, 'q is longer than 200 characters'],
  ])('answers %j with a 400 that says why', async (query, detail) => {
    const response = await get(query)
    expect([response.status, response.body.toString()]).toEqual([400, JSON.stringify({ detail })])
  })

  it.each([
    'none',
    '/',
    '..',
    '../',
    'Séries/',
    'Séries/..',
    '.hidden.mp4',
    'passwd',
    'film 9.mkv',
    '\0',
    '\n',
  ])('answers the path %j with a 404', async (path) => {
    const response = await get({ path })
    expect([response.status, response.body.toString()]).toEqual([404, NOT_FOUND])
  })
})

describe('a folder that changes', () => {
  const changing = sharedFolder(({ put }) => put('a.mp4', '1'))
  const other = sharedServer(() => startServer(changing.path))
  const read = async (): Promise<LibraryPage> =>
    JSON.parse((await exchange(other.port, 'GET /api/videos')).body.toString())

  it('shows new, growing and removed files with another version', async () => {
    const versions = [(await read()).version]
    changing.put('b.mp4', '1')
    await expect.poll(async () => namesOf(await read())).toEqual(['a.mp4', 'b.mp4'])
    versions.push((await read()).version)
    appendFileSync(changing.at('b.mp4'), '22')
    await expect.poll(async () => (await read()).entries[1]?.size).toBe(3)
    versions.push((await read()).version)
    rmSync(changing.at('b.mp4'))
    await expect.poll(async () => namesOf(await read())).toEqual(['a.mp4'])
    versions.push((await read()).version)
    expect(new Set(versions.slice(0, 3)).size).toBe(3)
    expect(versions[3]).toBe(versions[0])
  })
})

describe('hostile names', () => {
  const hostile = sharedFolder()
  const other = sharedServer(() => startServer(hostile.path))

  it('are listed as they are, and their links lead to their files', async () => {
    const names = [...new Set(fc.sample(anyName, { numRuns: 60, seed: 5 }))]
    for (const name of names) hostile.put(name, name)
    for (const name of ['line\nbreak', 'back\\slash', 'tab\there']) hostile.put(name, '')
    const response = await exchange(other.port, 'GET /api/videos?limit=1000')
    const page: LibraryPage = JSON.parse(response.body.toString())
    expect(namesOf(page).sort()).toEqual(names.sort())
    for (const { stream, name } of page.entries) {
      const { status, body } = await exchange(other.port, `GET /${stream}`)
      expect([name, status, body.toString()]).toEqual([name, 200, name])
    }
  })
})

describe('GET /api/media/{key} and /api/cover/{key}', () => {
  const samples = sharedServer(() => startServer(SAMPLES))
  const clock = 'Clock__7f3a91c2-5d1e-4b8a.mp4'

  it('tell the duration and size of a film, and from then on the list does too', async () => {
    const response = await exchange(samples.port, `GET /api/media/${clock}`)
    const facts: MediaFacts = JSON.parse(response.body.toString())
    expect(facts.duration).toBeCloseTo(30, 0)
    expect(facts.width).toBeGreaterThan(100)
    const etag = field(response, 'etag') ?? ''
    expect((await exchange(samples.port, `GET /api/media/${clock}`, [`If-None-Match: ${etag}`])).status).toBe(
      304,
    )
    const list = await exchange(samples.port, 'GET /api/videos?q=clock')
    const page: LibraryPage = JSON.parse(list.body.toString())
    expect(page.entries[0]?.media).toEqual(facts)
    expect(page.entries[1]?.media).toBeUndefined()
  })

  it('know nothing of what is no media file, and answer 404 for what is not there', async () => {
    const text = await exchange(server.port, 'GET /api/media/film%209.mkv')
    expect([text.status, text.body.toString()]).toEqual([200, '{}'])
    for (const path of [
      'media/none.mp4',
      'cover/none.mp4',
      'cover/film%209.mkv',
      'media/',
      'cover/..',
      'media/S%C3%A9ries',
    ]) {
      const response = await exchange(server.port, `GET /api/${path}`)
      expect([path, response.status, response.body.toString()]).toEqual([path, 404, NOT_FOUND])
    }
  })

  describe.skipIf(ffmpeg === '')('of a film with a picture', () => {
    const made = sharedFolder(({ path, put }) => {
      const film = ['-f', 'lavfi', '-i', 'color=red:d=1:s=64x48']
      const run = (...args: string[]) => execFileSync(ffmpeg, ['-v', 'error', '-y', ...args])
      run(...film, '-frames:v', '1', join(path, 'red.png'))
      run(
        ...film,
        '-i',
        join(path, 'red.png'),
        '-map',
        '0',
        '-map',
        '1',
        '-c:v:1',
        'copy',
        '-disposition:v:1',
        'attached_pic',
        join(path, 'inside.mp4'),
      )
      run(...film, join(path, 'beside.mp4'))
      put('beside.webp', 'RIFF....WEBP')
      put('svg.mp4', '')
      put('svg.svg', '<svg/>')
    })
    const other = sharedServer(() => startServer(made.path))

    it('link to it, whether it is in the file or next to it', async () => {
      for (const name of ['inside', 'beside']) {
        const { body } = await exchange(other.port, `GET /api/media/${name}.mp4`)
        expect(JSON.parse(body.toString())).toMatchObject({ width: 64, cover: `api/cover/${name}.mp4` })
      }
      const inside = await exchange(other.port, 'GET /api/cover/inside.mp4')
      expect(sameBytes(inside.body, readFileSync(made.at('red.png')))).toBe(true)
      expect(field(inside, 'content-type')).toBe('image/png')
      expect(field(inside, 'content-security-policy')).toMatch(/^sandbox/)
      expect(field(inside, 'x-content-type-options')).toBe('nosniff')
      const etag = field(inside, 'etag') ?? ''
      expect(
        (await exchange(other.port, 'GET /api/cover/inside.mp4', [`If-None-Match: ${etag}`])).status,
      ).toBe(304)
      const beside = await exchange(other.port, 'GET /api/cover/beside.mp4')
      expect([field(beside, 'content-type'), beside.body.toString()]).toEqual(['image/webp', 'RIFF....WEBP'])
      expect((await exchange(other.port, 'HEAD /api/cover/beside.mp4')).status).toBe(200)
    })

    it('never include a drawing that could contain scripts', async () => {
      expect((await exchange(other.port, 'GET /api/cover/svg.mp4')).status).toBe(404)
    })
  })

  /** A film that keeps its parser busy for ever. */
  function putDamaged(name: string) {
    const damaged = Uint8Array.from(readFileSync(join(SAMPLES, clock)))
    for (let count = 1; count <= 40; count++) {
      damaged[(4 * 7919 + count * 104_729) % 20_000] = (4 * 31 + count * 89) % 256
    }
    folder.put(name, damaged)
  }

  it('hold up no server that stops: what is not known by then is left out', async () => {
    // Two are read at a time, for up to 10 s. What is not answered after 30 s is cut off.
    const names = Array.from({ length: 12 }, (_, index) => `busy ${index}.mp4`)
    for (const name of names) putDamaged(name)
    await using stopping = await startServer(folder.path)
    const asked = names.map((name) => exchange(stopping.port, `GET /api/media/${encodeURIComponent(name)}`))
    // Answered when all have begun.
    for (let count = 0; count < 3; count++) await exchange(stopping.port, 'GET /api/videos')
    expect(await stopping.stop('SIGTERM')).toBe(0)
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(names.map(() => 200))
    expect(stopping.stderr).toBe('')
  }, 60_000)

  it('stay quick for others while a damaged film keeps its parser busy', async () => {
    putDamaged('damaged.mp4')
    folder.put('clock.mp4', readFileSync(join(SAMPLES, clock)))
    const client = await openSocket(server.port)
    client.write('GET /api/media/damaged.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    for (const path of ['media/clock.mp4', 'videos', 'stream/film%209.mkv']) {
      expect((await exchange(server.port, `GET /api/${path}`)).status).toBe(200)
    }
    client.destroy()
    expect(server.stderr).toBe('')
  })
})

describe('where links are signed', () => {
  const SECRET = 'a secret of enough length'
  const secrets = sharedFolder(({ put }) => put('secrets', `${SECRET}\n`))
  const signed = sharedServer(() => startServer(SAMPLES, { args: ['--secret-file', secrets.at('secrets')] }))
  const clock = 'Clock__7f3a91c2-5d1e-4b8a.mp4'
  const sign = (path: string) => signUrl(path, { secret: SECRET, expiresIn: 60 })

  it('nothing is listed or told without a link', async () => {
    for (const path of ['videos', 'videos?q=clock', `media/${clock}`, `cover/${clock}`, 'cover/none']) {
      for (const method of ['GET', 'HEAD']) {
        expect([path, (await exchange(signed.port, `${method} /api/${path}`)).status]).toEqual([path, 403])
      }
    }
  })

  it('the link to a page lists its folder, with signed links that work', async () => {
    const grant = encodeURIComponent(await sign('/'))
    const list = await exchange(signed.port, `GET /api/videos?grant=${grant}`)
    expect(field(list, 'cache-control')).toBe('private, no-cache')
    const page: LibraryPage = JSON.parse(list.body.toString())
    const stream = page.entries[0]?.stream ?? ''
    expect((await exchange(signed.port, `HEAD /${stream}`)).status).toBe(200)
    const media = await exchange(signed.port, `GET ${await sign(`/api/media/${clock}`)}`)
    expect(JSON.parse(media.body.toString())).toMatchObject({ width: expect.any(Number) })
  })

  it('the link to one file grants no other', async () => {
    const grant = encodeURIComponent(await sign(`/watch/${clock}`))
    expect((await exchange(signed.port, `GET /api/media/${clock}?grant=${grant}`)).status).toBe(200)
    const other = 'Plasma_Clock__c04e6b17-92aa-4f0d.mp4'
    for (const path of ['videos?', `media/${other}?`, `cover/${other}?`]) {
      expect((await exchange(signed.port, `GET /api/${path}grant=${grant}`)).status).toBe(403)
    }
  })
})
