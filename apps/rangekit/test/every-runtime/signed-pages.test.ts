import { signUrl } from '@rangekit/range-handler'
import { exchange, field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { signedMedia } from '../support/signed-media.ts'

const { server, sign, secret } = signedMedia()
const statusOf = async (target: string, method = 'GET') =>
  (await exchange(server.port, `${method} ${target}`)).status

/** A request with a grant. */
function withGrant(target: string, grant: string): string {
  return `${target}${target.includes('?') ? '&' : '?'}grant=${encodeURIComponent(grant)}`
}

/** Requests for all that the folder contains, and what each is about. */
const REQUESTS: readonly (readonly [about: string, target: string])[] = [
  ['/', '/'],
  ['/', '/api/videos'],
  ['/', '/api/videos?path='],
  ['films', '/browse/films/'],
  ['films', '/api/videos?path=films'],
  ['films/sub', '/browse/films/sub/'],
  ['films/sub', '/api/videos?path=films/sub'],
  ['films2', '/browse/films2/'],
  ['films2', '/api/videos?path=films2'],
  ['film.mp4', '/watch/film.mp4'],
  ['films/a.mp4', '/watch/films/a.mp4'],
  ['films2/c.mp4', '/watch/films2/c.mp4'],
  ['/', '/api/playlist.m3u8'],
  ['films', '/api/playlist.m3u8?path=films'],
  ['films2', '/api/playlist.m3u8?path=films2'],
  ['film.mp4', '/api/media/film.mp4'],
  ['films/a.mp4', '/api/media/films/a.mp4'],
  ['films/sub/second.mp4', '/api/media/films/sub/second.mp4'],
  ['films2/c.mp4', '/api/media/films2/c.mp4'],
]
const ABOUT = [...new Set(REQUESTS.map(([about]) => about))]

describe('with signed links', () => {
  it('nothing is shown without one', async () => {
    for (const [, target] of REQUESTS) {
      for (const method of ['GET', 'HEAD']) expect(await statusOf(target, method), target).toBe(403)
    }
    expect(await statusOf('/watch/film.mp4')).toBe(403)
    expect(await statusOf('/api/events?folder=')).toBe(403)
    expect(await statusOf('/api/cover/film.mp4')).toBe(403)
  })

  it('scripts and styles are, for they are no secret', async () => {
    expect(await statusOf('/assets/base.css')).toBe(200)
  })

  it.each([
    { link: '/', shows: ABOUT },
    { link: '/browse/films/', shows: ['films', 'films/sub', 'films/a.mp4', 'films/sub/second.mp4'] },
    { link: '/browse/films/sub/', shows: ['films/sub', 'films/sub/second.mp4'] },
    { link: '/browse/films2/', shows: ['films2', 'films2/c.mp4'] },
    { link: '/watch/film.mp4', shows: ['film.mp4'] },
    { link: '/watch/films/a.mp4', shows: ['films/a.mp4'] },
    { link: '/browse/film/', shows: [] },
    { link: '/browse/fil', shows: [] },
    { link: '/api/stream/film.mp4', shows: [] },
    { link: '/api/media/film.mp4', shows: [] },
    { link: '/api/videos', shows: [] },
    { link: '/watch/films', shows: [] },
    { link: '/browse/films%2Fsub/', shows: [] },
  ])('$link shows $shows and nothing else', async ({ link, shows }) => {
    const grant = await sign(link)
    for (const [about, target] of REQUESTS) {
      for (const method of ['GET', 'HEAD']) {
        const status = await statusOf(withGrant(target, grant), method)
        // What a link is not for may as well not be there.
        const isShown = shows.includes(about) ? status === 200 : status === 403 || status === 404
        expect([method, target, status, isShown]).toEqual([method, target, status, true])
      }
    }
  })

  it('a signed request for facts is for these alone', async () => {
    expect(await statusOf(await sign('/api/media/film.mp4'))).toBe(200)
    expect(await statusOf((await sign('/api/media/film.mp4')).replace('film.mp4', 'films/a.mp4'))).toBe(403)
  })

  it('expired and altered links show nothing', async () => {
    const link = await sign('/browse/films/')
    const expired = await signUrl('/browse/films/', { secret, now: Date.now() - 10_000, expiresIn: 5 })
    const wrong = await signUrl('/browse/films/', { secret: 'another', expiresIn: 60 })
    const post = await sign('/browse/films/', 60, 'POST')
    const later = link.replace(/expires=\d+/, 'expires=99999999999')
    for (const bad of [expired, wrong, post, later, `${link}x`, `${link}&q=a`, link.toUpperCase()]) {
      expect(await statusOf(bad), bad).not.toBe(200)
      expect(await statusOf(withGrant('/browse/films/', bad)), bad).toBe(403)
      expect(await statusOf(withGrant('/api/videos?path=films', bad)), bad).toBe(403)
    }
  })

  it('no spelling of a path leads out of what a link is for', async () => {
    const grant = await sign('/browse/films/')
    for (const path of [
      'films/..',
      'films/../films2',
      'films%2F..%2Ffilms2',
      './films2',
      'films2',
      '/',
      'FILMS2',
      'films/%2e%2e/films2',
      'films\\..\\films2',
    ]) {
      const spelled = encodeURIComponent(path)
      for (const target of [`/api/videos?path=${spelled}`, `/api/videos?path=films&path=${spelled}`]) {
        expect(await statusOf(withGrant(target, grant)), target).toBeGreaterThanOrEqual(400)
      }
      for (const target of [`/browse/${path}/`, `/api/media/${path}/c.mp4`, `/browse/films/../${path}/`]) {
        expect(await statusOf(withGrant(target, grant)), target).toBeGreaterThanOrEqual(400)
      }
    }
  })

  it('keeps what it shows out of caches, and links out of Referer', async () => {
    for (const target of [
      '/browse/films/',
      '/api/videos?path=films',
      '/api/media/films/a.mp4',
      '/browse/films2/',
    ]) {
      const response = await exchange(server.port, `GET ${withGrant(target, await sign('/browse/films/'))}`)
      expect(field(response, 'referrer-policy')).toBe('no-referrer')
      expect(field(response, 'cache-control')).toMatch(/no-store|private/)
    }
  })

  it('a page links only to what its link is for, and no longer', async () => {
    const link = await sign('/browse/films/')
    const page = (await exchange(server.port, `GET ${link}`)).body.toString()
    // What follows is a card without an entry.
    const [shown = ''] = page.split('<template')
    const links = [...shown.matchAll(/(?:href|src)="([^"]+)"/g)]
      .map(([, found = '']) => found.replaceAll('&amp;', '&'))
      .filter((found) => !found.startsWith('assets/') && !found.startsWith('..'))
    expect(links.length).toBeGreaterThan(3)
    for (const found of links) {
      const { pathname, searchParams } = new URL(found, `http://localhost/`)
      expect(pathname).toMatch(/^\/(?:browse|watch)\/films\//)
      const grant = searchParams.get('grant') ?? found.slice(1)
      expect(new URL(grant, 'http://localhost').searchParams.get('expires')).toBe(
        new URL(link, 'http://localhost').searchParams.get('expires'),
      )
    }
    const list = JSON.parse(
      (await exchange(server.port, `GET ${withGrant('/api/videos?path=films', link)}`)).body.toString(),
    )
    for (const { stream, page } of list.entries) {
      if (stream !== undefined) expect(await statusOf(`/${stream}`)).toBe(200)
      if (stream !== undefined)
        expect(await statusOf(`/${stream.replace('a.mp4', 'sub/second.mp4')}`)).toBe(403)
      expect(await statusOf(`/${page}`)).toBe(200)
    }
  })

  it('a folder without its slash is shown all the same', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}${await sign('/browse/films')}`)
    expect([response.status, new URL(response.url).pathname]).toEqual([200, '/browse/films/'])
  })
})
