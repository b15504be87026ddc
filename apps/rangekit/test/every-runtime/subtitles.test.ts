import { writeFileSync } from 'node:fs'
import { expectNothingOpen } from '@rangekit/test-kit/descriptors'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import { expect, it } from 'vitest'
import { startServer } from '../support/server.ts'

const SRT = '\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\n<i>Añejo</i> & more\r\n'
const VTT = 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<i>Añejo</i> &amp; more\n'

const folder = sharedFolder(({ put, putSparse }) => {
  put('films/film.es.srt', SRT)
  put('films/utf16.vtt', Buffer.from(`\ufeff${VTT}`, 'utf16le'))
  put('films/old.srt', Buffer.from(SRT.slice(1), 'latin1'))
  put('films/old.ru.srt', Buffer.from([...Buffer.from('00:01 --> 00:02\n'), 0xcf, 0xf0, 0xe8]))
  put('films/broken.srt', new Uint8Array(1000).fill(0xfe))
  put('films/film.mp4', 'x')
  putSparse('films/long.srt', 3 * 1024 * 1024)
})
const server = sharedServer(() => startServer(folder.path))
const get = (path: string, fields?: readonly string[], method = 'GET') =>
  exchange(server.port, `${method} /api/subtitles/films/${path}`, fields)

it.each([
  ['film.es.srt', VTT],
  ['utf16.vtt', VTT],
  ['old.srt', VTT],
  ['old.ru.srt', 'WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nПри\n'],
  ['broken.srt', 'WEBVTT\n'],
])('%s is sent as WebVTT in UTF-8', async (name, text) => {
  const response = await get(name)
  expect([response.status, response.body.toString()]).toEqual([200, text])
  expect(field(response, 'content-type')).toBe('text/vtt')
  expect(field(response, 'content-length')).toBe(String(Buffer.byteLength(text)))
})

it('subtitles are checked by the ETag of their file', async () => {
  const etag = field(await get('film.es.srt'), 'etag') ?? ''
  expect(etag).toBe(field(await exchange(server.port, 'GET /api/stream/films/film.es.srt'), 'etag'))
  expect((await get('film.es.srt', [`If-None-Match: ${etag}`])).status).toBe(304)
  const head = await get('film.es.srt', [], 'HEAD')
  expect([head.status, head.body.length, field(head, 'content-length')]).toEqual([
    200,
    0,
    String(Buffer.byteLength(VTT)),
  ])
})

it('subtitles that change are converted again', async () => {
  folder.put('films/new.srt', SRT)
  expect((await get('new.srt')).body.toString()).toBe(VTT)
  writeFileSync(folder.at('films/new.srt'), SRT.replace('more', 'less'))
  await expect.poll(async () => (await get('new.srt')).body.toString()).toBe(VTT.replace('more', 'less'))
})

it.each([
  'film.mp4',
  'missing.srt',
  'long.srt',
  '../film.es.srt',
  '%2e%2e/film.es.srt',
  'film.es.srt/',
  '.srt',
  '',
])('there are none under %j', async (path) => {
  expect((await get(path)).status).toBe(404)
})

it('many at once leave no file open', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async () => (await get('film.es.srt')).status),
  )
  expect(new Set(statuses)).toEqual(new Set([200]))
  await expectNothingOpen(server.pid, folder.path)
})
