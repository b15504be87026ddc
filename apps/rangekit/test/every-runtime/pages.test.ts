import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import { expect, it } from 'vitest'
import { NOT_FOUND, startServer } from '../support/server.ts'

const BROWSER = ['Accept: text/html,application/xhtml+xml,*/*;q=0.8']

const folder = sharedFolder(({ put }) => {
  put('films/<i>film.mp4', 'x')
  put('note.txt', 'x')
})
const server = sharedServer(() => startServer(folder.path))
const get = (target: string, fields: readonly string[] = BROWSER, method = 'GET') =>
  exchange(server.port, `${method} ${target}`, fields)

it.each([
  ['/', 'note'],
  ['/?q=fil', '&lt;i&gt;film'],
  ['/browse/films/', '&lt;i&gt;film'],
])('%s shows the folder, with a strict policy', async (target, title) => {
  const response = await get(target)
  expect(response.status).toBe(200)
  expect(response.body.toString()).toContain(`<span class="title">${title}</span>`)
  expect(field(response, 'content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; /)
  expect(field(response, 'cache-control')).toBe('no-store')
  const head = await get(target, BROWSER, 'HEAD')
  expect([head.status, head.body.byteLength]).toEqual([200, 0])
})

it('a page loads scripts and styles that are there', async () => {
  const page = (await get('/')).body.toString()
  const assets = [...page.matchAll(/"(assets\/[^"#]+)/g)].map(([, asset = '']) => asset)
  expect(assets).toEqual(expect.arrayContaining(['assets/base.css', 'assets/library.js', 'assets/icon.svg']))
  const scripts = ['assets/events-worker.js', ...assets]
  for (const asset of scripts) {
    const response = await get(`/${asset}`)
    expect([asset, response.status]).toEqual([asset, 200])
    const imports = response.body.toString().matchAll(/^import .*["']\.\/([\w-]+\.ts)["'];?$/gm)
    for (const [, name = ''] of imports)
      if (!scripts.includes(`assets/${name}`)) scripts.push(`assets/${name}`)
  }
  expect(scripts).toContain('assets/library-window.ts')
})

it('a folder without its slash leads to the one with it', async () => {
  const response = await get('/browse/films?q=a')
  expect([response.status, field(response, 'location')]).toEqual([308, './films/?q=a'])
})

it.each(['/no', '/browse/no/', '/browse/films/%3Ci%3Efilm.mp4/', '/browse/films//', '/browse/..%2F/'])(
  'a browser gets a page for %s, and others JSON',
  async (target) => {
    const page = await get(target)
    expect([page.status, field(page, 'content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
    const json = await get(target, [])
    expect([json.status, json.body.toString()]).toEqual([404, NOT_FOUND])
  },
)

it('everyone gets JSON below /api, and for what pages load', async () => {
  for (const target of [
    '/assets/no.css',
    '/assets/..%2Fsite.ts',
    '/api/no',
    '/api/stream/no.mp4',
    '/api/videos?path=no',
    '/api/media/no.mp4',
    '/api/cover/no.mp4',
    '/api/subtitles/no.srt',
    '/api/subtitles/note.txt',
    '/api/playlist.m3u8?path=no',
  ]) {
    const response = await get(target)
    expect([response.status, response.body.toString()]).toEqual([404, NOT_FOUND])
  }
})

it.each(['', 'browse/no/', 'watch/a.mp4', 'api/videos', 'api/media/a.mp4', 'api/cover/a.mp4', 'api/events'])(
  'other methods than GET and HEAD are a 405 with Allow: /%s',
  async (target) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PROPFIND']) {
      const response = await exchange(server.port, `${method} /${target}`, ['Content-Length: 0'])
      expect([method, response.status]).toEqual([method, 405])
      expect(field(response, 'allow')).toBe('GET, HEAD, OPTIONS')
    }
  },
)

it('OPTIONS lists the methods in Allow, but at the root is the health check', async () => {
  const response = await exchange(server.port, 'OPTIONS /api/videos')
  expect([response.status, field(response, 'allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  expect((await exchange(server.port, 'OPTIONS /')).body.toString()).toBe('{"detail":"Ready"}')
})
