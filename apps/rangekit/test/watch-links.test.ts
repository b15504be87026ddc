import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { signUrl } from '@rangekit/hono-server'
import { fileSource, folderReader } from '@rangekit/node-fs-source'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { SAMPLES } from '@rangekit/test-kit/runtimes'
import { describe, expect, it } from 'vitest'
import { createSite, type SiteOptions } from '../src/site.ts'
import { CLOCK } from './support/watch-site.ts'

const secret = 'secret for tests'
const folder = sharedFolder(({ put, at }) => {
  mkdirSync(at('films/sub'), { recursive: true })
  copyFileSync(join(SAMPLES, CLOCK), at('films/b.mp4'))
  put('films/a.mp4', 'aaa')
  put('films/c.mp3', 'c')
  put('films/b.en.srt', '1\n00:00:01,000 --> 00:00:02,000\nHello\n')
  put('films/sub/d.mp4', 'd')
  for (const path of ['films/stream/', '']) {
    for (const name of ['index.m3u8', 'index.mpd', 'part.ts']) put(path + name, name)
  }
  put('private.mp4', 'p')
})
const options = () => ({
  reader: folderReader(folder.path),
  source: fileSource(folder.path),
  inspect: false,
  index: false,
})
/** A site that is asked without a server. */
function asked(siteOptions: SiteOptions) {
  const site = createSite(siteOptions)
  return {
    request: async (path: string, init?: RequestInit) =>
      site.fetch(new Request(`http://localhost${path}`, init)),
  }
}
const open = () => asked(options())
const signed = () => asked({ ...options(), signed: { secrets: [secret] } })
const sign = (path: string) => signUrl(path, { secret, expiresIn: 60 })
const BROWSER = { headers: { Accept: 'text/html' } }

/** The links of a page by the text or the attribute that says what they are. */
async function linksOf(response: Response) {
  const html = (await response.text()).replaceAll('&amp;', '&')
  const find = (pattern: RegExp) => pattern.exec(html)?.[1]
  return {
    stream: find(/<video[^>]* src="([^"]+)"/),
    subtitles: find(/<track[^>]* src="([^"]+)"/),
    previous: find(/id="previous"[^>]* href="([^"]+)"/),
    next: find(/id="next"[^>]* href="([^"]+)"/),
    playlist: find(/id="playlist" href="([^"]+)"/),
    copy: find(/id="copy" data-link="([^"]+)"/),
    vlc: find(/id="vlc" data-link="([^"]+)"/),
    library: find(/<nav class="crumbs"[^>]*><ol><li><a href="([^"]+)"/),
    folder: find(/<a href="([^"]*browse[^"]+)"/),
  }
}

describe('the page of a file', () => {
  it('leads to its neighbours, its folder and its playlist in the order of the library', async () => {
    const site = open()
    expect(await linksOf(await site.request('/watch/films/b.mp4'))).toEqual({
      stream: 'api/stream/films/b.mp4',
      subtitles: 'api/subtitles/films/b.en.srt',
      previous: 'watch/films/a.mp4',
      next: 'watch/films/c.mp3',
      playlist: 'api/playlist.m3u8?path=films&sort=title',
      copy: 'api/stream/films/b.mp4',
      vlc: 'api/stream/films/b.mp4',
      library: './',
      folder: 'browse/films/',
    })
    expect(await linksOf(await site.request('/watch/films/b.mp4?sort=-title'))).toMatchObject({
      previous: 'watch/films/c.mp3?sort=-title',
      next: 'watch/films/a.mp4?sort=-title',
      playlist: 'api/playlist.m3u8?path=films&sort=-title',
      library: './?sort=-title',
      folder: 'browse/films/?sort=-title',
    })
  })

  it.each([
    'missing.mp4',
    'films',
    'films/',
    '',
    '../x',
    '.hidden',
    'a%00b',
    '%ff',
    'films%2Fb.mp4',
    'films//b.mp4',
  ])('is the 404 page for %j', async (path) => {
    const response = await open().request(`/watch/${path}`, BROWSER)
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  })

  it('is not kept by caches, and runs nothing but its own scripts', async () => {
    const { headers } = await open().request('/watch/films/b.mp4')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('answers HEAD', async () => {
    const response = await open().request('/watch/films/b.mp4', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })
})

describe('a playlist', () => {
  it('has the films of a folder in the order that was asked for', async () => {
    const films = async (query: string) => {
      const text = await (await open().request(`/api/playlist.m3u8?${query}`)).text()
      return text.split('\n').filter((line) => line.startsWith('stream/'))
    }
    const [a, b, c] = ['a.mp4', 'b.mp4', 'c.mp3'].map((name) => `stream/films/${name}`)
    expect(await films('path=films')).toEqual([a, b, c])
    expect(await films('path=films&sort=-title')).toEqual([c, b, a])
    expect(await films('path=films&sort=nonsense')).toEqual([a, b, c])
    expect(await films('')).toEqual(['index.m3u8', 'part.ts', 'private.mp4'].map((name) => `stream/${name}`))
  })

  it.each(['missing', '..', 'films/..', '/films', 'films/', 'films/b.mp4', '%00', '.'])(
    'is not there for the folder %j',
    async (path) => {
      expect((await open().request(`/api/playlist.m3u8?path=${path}`)).status).toBe(404)
    },
  )

  it('is saved, not played, by a browser', async () => {
    const { headers } = await open().request('/api/playlist.m3u8?path=films')
    expect(headers.get('content-disposition')).toMatch(/^attachment/)
    expect(headers.get('content-type')).toBe('audio/x-mpegurl; charset=utf-8')
  })
})

describe('with signed links', () => {
  it.each(['/watch/films/b.mp4', '/api/playlist.m3u8?path=films', '/api/subtitles/films/b.en.srt'])(
    '%s needs a signature',
    async (path) => {
      expect((await signed().request(path, BROWSER)).status).toBe(403)
    },
  )

  it('the link to a file shows that file and nothing else', async () => {
    const site = signed()
    const links = await linksOf(await site.request(await sign('/watch/films/b.mp4'), BROWSER))
    expect(links).toMatchObject({
      previous: undefined,
      next: undefined,
      playlist: undefined,
      library: undefined,
      folder: undefined,
    })
    for (const link of [links.stream, links.subtitles, links.copy]) {
      expect((await site.request(`/${link}`)).status, link).toBe(200)
    }
  })

  it('the link to a folder leads to all in it and to nothing outside', async () => {
    const site = signed()
    const grant = encodeURIComponent(await sign('/browse/films/'))
    const page = await site.request(`/watch/films/b.mp4?grant=${grant}`, BROWSER)
    const links = await linksOf(page)
    expect(links.library).toBeUndefined()
    for (const link of [links.stream, links.subtitles, links.previous, links.next, links.playlist]) {
      expect((await site.request(`/${link}`, BROWSER)).status, link).toBe(200)
    }
    for (const path of ['/watch/private.mp4?', '/api/playlist.m3u8?path=&', '/api/subtitles/private.srt?']) {
      expect((await site.request(`${path}grant=${grant}`, BROWSER)).status, path).not.toBe(200)
    }
  })

  it.each([
    ['HLS', 'index.m3u8'],
    ['DASH', 'index.mpd'],
  ])(
    'the page of a %s playlist leads players to its parts, and as long as it is valid',
    async (kind, name) => {
      const site = signed()
      const link = await sign(`/watch/films/stream/${name}`)
      const { stream, copy, vlc } = await linksOf(await site.request(link, BROWSER))
      expect(stream).toBe(kind === 'HLS' ? copy : undefined)
      expect(vlc).toBe(copy)
      const expires = new URL(link, 'http://localhost').searchParams.get('expires')
      expect(copy).toMatch(new RegExp(`^api/stream/films/stream/signed~${expires}~[\\w-]{43}/${name}$`))
      const statusOf = async (path: string) =>
        (await site.request(new URL(path, `http://localhost/${copy}`).pathname)).status
      expect(
        await Promise.all([name, 'part.ts', '../../b.mp4', '../../../private.mp4'].map(statusOf)),
      ).toEqual([200, 200, 403, 403])
    },
  )

  it('the page of a playlist at the root does not lead to the whole library', async () => {
    const site = signed()
    const { copy } = await linksOf(await site.request(await sign('/watch/index.m3u8'), BROWSER))
    expect(copy).toMatch(/^api\/stream\/index\.m3u8\?expires=/)
    const all = encodeURIComponent(await sign('/'))
    const { copy: reaching } = await linksOf(await site.request(`/watch/index.m3u8?grant=${all}`, BROWSER))
    expect((await site.request(`/${reaching?.replace('index.m3u8', 'part.ts')}`)).status).toBe(200)
  })

  it('a playlist has links that players may follow without more', async () => {
    const site = signed()
    const grant = encodeURIComponent(await sign('/browse/films/'))
    const text = await (await site.request(`/api/playlist.m3u8?path=films&grant=${grant}`)).text()
    const links = text.split('\n').filter((line) => line.startsWith('stream/'))
    expect(links).toHaveLength(3)
    for (const link of links) expect((await site.request(`/api/${link}`)).status, link).toBe(200)
  })
})
