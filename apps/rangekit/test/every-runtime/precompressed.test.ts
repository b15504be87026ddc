import { createHash } from 'node:crypto'
import { renameSync, utimesSync } from 'node:fs'
import * as zlib from 'node:zlib'
import type { RawResponse } from '@rangekit/conformance'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { LONG_AGO, type TestFolder } from '@rangekit/test-kit/folder'
import { exchange, field, openSocket, requestText } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'

const PAGE = Buffer.from(
  Array.from({ length: 40_000 }, (_, line) => `<p>${line} ${line * line}</p>\n`).join(''),
)
const BROWSER = 'gzip, deflate, br, zstd'
const brotli = (bytes: Uint8Array) =>
  zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 3 } })

/** Each coding, its suffix, and the page in it. All are longer than what is sent in one piece. */
const CODINGS = [
  { coding: 'br', suffix: '.br', stored: brotli(PAGE), decode: zlib.brotliDecompressSync },
  { coding: 'zstd', suffix: '.zst', stored: zlib.zstdCompressSync(PAGE), decode: zlib.zstdDecompressSync },
  { coding: 'gzip', suffix: '.gz', stored: zlib.gzipSync(PAGE), decode: zlib.gunzipSync },
] as const
const [{ stored: br }] = CODINGS

function fill({ put }: TestFolder): void {
  put('page.html', PAGE)
  for (const { suffix, stored } of CODINGS) put(`page.html${suffix}`, stored)
  put('page.html.br.sha256', `${createHash('sha256').update(br).digest('hex')}  page.html.br\n`)
  put('page.html.sha256', `${createHash('sha256').update(PAGE).digest('hex')}  page.html\n`)
  put('plain.txt', 'plain')
  put('film.mp4', 'film')
  put('film.mp4.br', brotli(Buffer.from('film')))
  put('film.srt', '1\n00:00:01,000 --> 00:00:02,000\nHello\n')
  put('film.srt.gz', zlib.gzipSync('other'))
}

const folder = sharedFolder(fill)

describe.each(runtime.ways)('with --precompressed, bodies that are sent $way', ({ args, share }) => {
  const server = sharedServer(() =>
    startServer(folder.path, { args: [...args, '--precompressed', '--digests'] }),
  )
  const ask = (path: string, accepted: string | undefined, fields: readonly string[] = [], method = 'GET') =>
    exchange(server.port, `${method} ${path}`, [
      ...fields,
      ...(accepted === undefined ? [] : [`Accept-Encoding: ${accepted}`]),
    ])
  const stream = (name: string, accepted: string | undefined, fields?: readonly string[], method?: string) =>
    ask(`/api/stream/${name}`, accepted, fields, method)
  const seen = (response: RawResponse, ...names: string[]) => [
    response.status,
    ...names.map((name) => field(response, name)),
  ]

  it.each(CODINGS)(
    'are those of the sibling in $coding, exactly as long as announced',
    async ({ coding, stored, decode }) => {
      const response = await stream('page.html', coding)
      expect(
        seen(response, 'content-encoding', 'vary', 'content-type', 'content-length', 'accept-ranges'),
      ).toEqual([200, coding, 'Accept-Encoding', 'text/html; charset=utf-8', String(stored.length), 'bytes'])
      expect([response.framing, response.complete]).toEqual(['content-length', true])
      expect(decode(response.body).equals(PAGE)).toBe(true)
    },
  )

  it.each(['identity', 'deflate', '*;q=0', '', undefined])(
    'are those of the file for Accept-Encoding: %s',
    async (accepted) => {
      const response = await stream('page.html', accepted)
      expect(seen(response, 'content-encoding', 'vary', 'content-length')).toEqual([
        200,
        undefined,
        'Accept-Encoding',
        String(PAGE.length),
      ])
      expect(response.body.equals(PAGE)).toBe(true)
    },
  )

  it.each([
    ['one range', 'bytes=5-99', br.subarray(5, 100)],
    ['a long range', 'bytes=5-', br.subarray(5)],
    ['the end', 'bytes=-7', br.subarray(-7)],
  ])('are parts of the encoded bytes: %s', async (_, range, expected) => {
    const response = await stream('page.html', BROWSER, [`Range: ${range}`])
    expect(seen(response, 'content-encoding', 'vary')).toEqual([206, 'br', 'Accept-Encoding'])
    expect(field(response, 'content-range')).toMatch(new RegExp(`/${br.length}$`))
    expect(response.body.equals(expected)).toBe(true)
  })

  it('are several parts of the encoded bytes, with the type of the file in each', async () => {
    const response = await stream('page.html', BROWSER, ['Range: bytes=0-9,5000-5009'])
    expect(seen(response, 'content-encoding', 'vary')).toEqual([206, 'br', 'Accept-Encoding'])
    const text = response.body.toString('latin1')
    expect(text.match(/Content-Type: text\/html; charset=utf-8\r\n/gi)).toHaveLength(2)
    expect(text).toContain(
      `Content-Range: bytes 5000-5009/${br.length}\r\n\r\n${br.toString('latin1', 5000, 5010)}\r\n`,
    )
  })

  it('can be resumed in one coding, but never joined from two', async () => {
    const tags = await Promise.all(
      ['br', 'zstd', 'gzip', 'identity'].map(async (accepted) => {
        const etag = field(await stream('page.html', accepted, [], 'HEAD'), 'etag') ?? ''
        return { accepted, etag }
      }),
    )
    expect(new Set(tags.map(({ etag }) => etag)).size).toBe(4)
    for (const { accepted } of tags) {
      for (const { accepted: before, etag } of tags) {
        const isSame = accepted === before
        const resumed = await stream('page.html', accepted, ['Range: bytes=10-19', `If-Range: ${etag}`])
        expect([accepted, before, resumed.status]).toEqual([accepted, before, isSame ? 206 : 200])
        const unchanged = await stream('page.html', accepted, [`If-None-Match: ${etag}`])
        expect(seen(unchanged, 'vary')).toEqual([isSame ? 304 : 200, 'Accept-Encoding'])
        expect((await stream('page.html', accepted, [`If-Match: ${etag}`], 'HEAD')).status).toBe(
          isSame ? 200 : 412,
        )
      }
    }
  })

  it('have their own digest, and never that of the file', async () => {
    const want = ['Want-Repr-Digest: sha-256=1']
    const digest = (bytes: Uint8Array) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`
    expect(field(await stream('page.html', 'br', want), 'repr-digest')).toBe(digest(br))
    expect(field(await stream('page.html', 'gzip', want), 'repr-digest')).toBeUndefined()
    expect(field(await stream('page.html', 'identity', want), 'repr-digest')).toBe(digest(PAGE))
  })

  it('are announced to HEAD as to GET', async () => {
    const [head, whole] = await Promise.all([
      stream('page.html', BROWSER, [], 'HEAD'),
      stream('page.html', BROWSER),
    ])
    const names = ['content-encoding', 'content-length', 'etag', 'last-modified', 'vary', 'content-type']
    expect(seen(head, ...names)).toEqual(seen(whole, ...names))
    expect(head.body).toHaveLength(0)
  })

  it('are those of the file where there is no sibling, or none that is current', async () => {
    expect(seen(await stream('plain.txt', BROWSER), 'content-encoding', 'vary')).toEqual([
      200,
      undefined,
      'Accept-Encoding',
    ])
    const film = await stream('film.mp4', BROWSER)
    expect([...seen(film, 'content-encoding', 'vary'), film.body.toString()]).toEqual([
      200,
      undefined,
      undefined,
      'film',
    ])
    expect((await stream('missing.html', BROWSER)).status).toBe(404)

    folder.put('news.txt', 'old news')
    folder.put('news.txt.gz', zlib.gzipSync('old news'))
    expect(seen(await stream('news.txt', BROWSER), 'content-encoding')).toEqual([200, 'gzip'])
    folder.put('next', 'new news')
    const later = new Date(LONG_AGO.getTime() + 1)
    utimesSync(folder.at('next'), later, later)
    renameSync(folder.at('next'), folder.at('news.txt'))
    // The path of an open file is checked once a second.
    await expect.poll(async () => (await stream('news.txt', BROWSER)).body.toString()).toBe('new news')
    expect(field(await stream('news.txt', BROWSER), 'content-encoding')).toBeUndefined()
  })

  it('are those of the sibling when that is asked for by its name', async () => {
    const response = await stream('page.html.gz', BROWSER)
    expect(seen(response, 'content-encoding', 'vary', 'content-type')).toEqual([
      200,
      undefined,
      undefined,
      'application/gzip',
    ])
  })

  it('are streams alone: pages, JSON and subtitles are not affected', async () => {
    for (const path of ['/', '/watch/film.mp4', '/api/videos']) {
      expect(seen(await ask(path, BROWSER), 'content-encoding')).toEqual([200, undefined])
    }
    const subtitles = await ask('/api/subtitles/film.srt', BROWSER)
    expect([...seen(subtitles, 'content-encoding'), subtitles.body.toString()]).toEqual([
      200,
      undefined,
      'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n',
    ])
  })

  it('leave no file open, whether clients read them, get none or leave', async () => {
    await rounds(200 * share, 20, async (index) => {
      const accepted = ['br', 'gzip', 'identity', BROWSER][index % 4]
      if (index % 3 === 0) {
        const socket = await openSocket(server.port)
        socket.write(requestText('GET /api/stream/page.html', [`Accept-Encoding: ${accepted}`]))
        await new Promise((resolve) => setTimeout(resolve, index % 10))
        socket.destroy()
      } else {
        await stream('page.html', accepted, index % 3 === 1 ? ['If-None-Match: *'] : [])
      }
    })
    await expectNothingOpen(server.pid, folder.path)
    expect(server.stderr).toBe('')
  })
})

describe('without --precompressed', () => {
  const server = sharedServer(() => startServer(folder.path))

  it('a file is sent as it is, and does not vary', async () => {
    const response = await exchange(server.port, 'GET /api/stream/page.html', [`Accept-Encoding: ${BROWSER}`])
    expect(response.body.equals(PAGE)).toBe(true)
    expect([field(response, 'content-encoding'), field(response, 'vary')]).toEqual([undefined, undefined])
  })
})
