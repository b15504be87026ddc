import { verifySignedUrl } from '@rangekit/range-handler'
import { expect, it } from 'vitest'
import { type SignedLinkOptions, signedLink } from './signed-link.ts'

const base = 'https://media.example'
const sign = (path: string, options: Partial<SignedLinkOptions> = {}) =>
  signedLink(path, { secret: 'a secret', expiresIn: 60, base, ...options })

it.each<[string, Partial<SignedLinkOptions>, string]>([
  ['film.mp4', {}, '/api/stream/film.mp4?EXACT'],
  ['a/My film?.mp4', {}, '/api/stream/a/My%20film%3F.mp4?EXACT'],
  ['film.mp4', { download: true }, '/api/stream/film.mp4?download=&EXACT'],
  ['my films/', {}, '/api/stream/my%20films/PREFIX/'],
  ['./', {}, '/api/stream/PREFIX/'],
  ['films/', { scope: 'exact' }, '/api/stream/films/?EXACT'],
  ['films/index.m3u8', {}, '/api/stream/films/index.m3u8?EXACT'],
  ['films/index.m3u8', { scope: 'prefix' }, '/api/stream/films/PREFIX/index.m3u8'],
  ['stream #1.mpd', { scope: 'prefix' }, '/api/stream/PREFIX/stream%20%231.mpd'],
  ['/', {}, '/?EXACT'],
  ['/browse/films/', {}, '/browse/films/?EXACT'],
  ['/watch/films/index.m3u8', {}, '/watch/films/index.m3u8?EXACT'],
  ['/api/stream/films/', {}, '/api/stream/films/?EXACT'],
  ['/api/stream/films/', { scope: 'prefix' }, '/api/stream/films/PREFIX/'],
  ['/api/stream/a.mpd?b=/c', { scope: 'prefix' }, '/api/stream/PREFIX/a.mpd?b=/c'],
  ['https://other.example/films/', { scope: 'prefix' }, 'https://other.example/films/PREFIX/'],
])('%s with %j is signed as %s', async (path, options, expected) => {
  const link = await sign(path, options)
  const shown = link.replace(/signed~\d+~[\w-]{43}/, 'PREFIX').replace(/expires=\d+&signature=.+/, 'EXACT')
  expect(shown.replace(base, '')).toBe(expected)
  expect(await verifySignedUrl({ url: link, method: 'GET' }, { secrets: ['a secret'] })).toBe(true)
})

it.each<[string, Partial<SignedLinkOptions>]>([
  ['film.mp4', { scope: 'prefix' }],
  ['films', { scope: 'prefix' }],
  ['/api/stream/films/?a', { scope: 'prefix' }],
  ['films/', { download: true }],
  ['films/index.m3u8', { scope: 'prefix', download: true }],
  ['/a#b', {}],
])('%s with %j is refused', async (path, options) => {
  await expect(sign(path, options)).rejects.toThrow(TypeError)
})
