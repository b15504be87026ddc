import { signUrl, verifySignedUrl } from '@rangekit/range-handler'
import { describe, expect, it } from 'vitest'
import { createAccess, type Grant } from './access.ts'

const secret = 'secret for tests'
const access = createAccess({ secrets: ['a newer secret', secret] })

const sign = (path: string, method = 'GET') => signUrl(path, { secret, expiresIn: 60, method })
const ask = (target: string, init: RequestInit = {}) =>
  access.grantOf(new Request(`http://localhost${target}`, init))
const withGrant = (path: string, link: string) => ask(`${path}?grant=${encodeURIComponent(link)}`)

/** What a grant includes, of these. */
function included(grant: Grant | undefined) {
  const files = ['film.mp4', 'films', 'films/a.mp4', 'films/sub/b.mp4', 'films2/c.mp4', 'filmsx']
  const folders = ['', 'films', 'films/sub', 'films2', 'film.mp4']
  return {
    files: files.filter((key) => grant?.mayRead(key)),
    folders: folders.filter((path) => grant?.mayList(path)),
  }
}

describe('without secrets', () => {
  it('everything may be seen, and links stay as they are', async () => {
    const grant = await createAccess(undefined).grantOf(new Request('http://localhost/browse/films/'))
    expect(included(grant).files).toHaveLength(6)
    expect(included(grant).folders).toHaveLength(5)
    expect(await grant?.link('watch/film.mp4')).toBe('watch/film.mp4')
    expect(await grant?.sign('api/stream/film.mp4')).toBe('api/stream/film.mp4')
    expect([grant?.token, grant?.home]).toEqual([undefined, './'])
  })
})

describe('a signed link', () => {
  it.each([
    ['/', ['film.mp4', 'films', 'films/a.mp4', 'films/sub/b.mp4', 'films2/c.mp4', 'filmsx'], 5],
    ['/browse/films/', ['films/a.mp4', 'films/sub/b.mp4'], 2],
    ['/browse/films', ['films/a.mp4', 'films/sub/b.mp4'], 2],
    ['/browse/films/sub/', ['films/sub/b.mp4'], 1],
    ['/watch/films/a.mp4', ['films/a.mp4'], 0],
    ['/watch/film.mp4', ['film.mp4'], 0],
  ])('to %s grants that and what is below it, on whole segments', async (path, files, folders) => {
    const link = await sign(path)
    for (const grant of [await ask(link), await withGrant('/api/videos', link)]) {
      expect(included(grant).files).toEqual(files)
      expect(included(grant).folders).toHaveLength(folders)
    }
  })

  it('grants the same to HEAD', async () => {
    expect(included(await ask(await sign('/watch/film.mp4'), { method: 'HEAD' })).files).toEqual(['film.mp4'])
  })

  it('may be spelled in another way by clients', async () => {
    const link = (await sign('/watch/films/a.mp4')).replace('films', '%66ilms')
    expect(included(await withGrant('/api/events', link)).files).toEqual(['films/a.mp4'])
  })

  it.each([
    ['to bytes', '/api/stream/film.mp4'],
    ['to an index of streams', '/api/stream/'],
    ['to a search', '/api/videos?path='],
    ['to the facts of a file', '/api/media/film.mp4'],
    ['to subtitles', '/api/subtitles/film.mp4'],
    ['to no page', '/watch/'],
    ['to a folder of players', '/watch/films/'],
    ['to an empty folder name', '/browse/'],
    ['with an empty segment', '/browse/films//'],
    ['to a page of another root', '/x/browse/films/'],
    ['with an encoded slash', '/browse/films%2Fsub/'],
    ['with an encoded slash at its end', '/watch/films%2F'],
    ['with a backslash', '/browse/films%5Csub/'],
    ['to readiness', '/readyz'],
  ])('%s is no grant of a page', async (_, path) => {
    expect(await withGrant('/watch/film.mp4', await sign(path))).toBeUndefined()
  })

  it('for another method grants nothing', async () => {
    for (const method of ['POST', 'PUT', 'OPTIONS', 'HEAD '])
      expect(await ask(await sign('/', method))).toBeUndefined()
  })

  it('that has expired grants nothing', async () => {
    const link = await signUrl('/', { secret, now: Date.now() - 2000, expiresIn: 1 })
    expect(await ask(link)).toBeUndefined()
    expect(await withGrant('/', link)).toBeUndefined()
  })

  it('grants nothing after any change', async () => {
    const link = await sign('/browse/films/')
    const changed = [
      link.replace('films', 'films2'),
      link.replace('films', 'filmsx/..'),
      link.replace('/browse/films/', '/'),
      link.replace('/browse/films/', '/browse/'),
      link.replace('browse', 'watch'),
      link.replace('films/', 'films/../'),
      link.replace('films/', 'films/%2e%2e/'),
      link.replace('expires=1', 'expires=2'),
      link.replace('?', '?x=1&'),
      link.replace('&signature', '&expires=99999999999&signature'),
      `${link}&x=1`,
      `${link}#`,
      link.slice(0, -1),
      link.slice(1),
      `//localhost${link}`,
      `http://localhost${link}`,
      `${link}&grant=${encodeURIComponent(link.replace('films', 'x'))}`,
      'null',
      '/',
      '',
    ]
    for (const other of changed) expect(await withGrant('/', other), other).toBeUndefined()
    const onWire = changed.filter((other) => other.startsWith('/') && !other.includes('..'))
    for (const other of onWire) {
      // A fragment is not part of a request.
      if (!other.includes('#')) expect(await ask(other), other).toBeUndefined()
    }
  })

  it('to facts, a cover or subtitles is for that request alone', async () => {
    const link = await sign('/api/media/film.mp4')
    const grant = await ask(link)
    expect(included(grant)).toEqual({ files: ['film.mp4'], folders: [] })
    expect(await ask((await grant?.link('/watch/film.mp4')) ?? '')).toBeUndefined()
  })

  it('with a folder below it in its grant parameter does not open what that does not include', async () => {
    expect(included(await withGrant('/', await sign('/browse/films/'))).folders).toEqual([
      'films',
      'films/sub',
    ])
  })
})

describe('what a page links to', () => {
  const expiresOf = (link: string | undefined) => new URL(`http://x/${link}`).searchParams.get('expires')

  it('expires when its grant does, and is signed with the first secret', async () => {
    const link = await sign('/watch/film.mp4')
    const grant = await ask(link)
    for (const made of [await grant?.link('api/stream/film.mp4'), await grant?.sign('watch/film.mp4')]) {
      expect(expiresOf(made)).toBe(expiresOf(link.slice(1)))
      const request = { method: 'GET', url: `/${made}` }
      expect(await verifySignedUrl(request, { secrets: ['a newer secret'] })).toBe(true)
    }
  })

  it.each([
    ['/watch/films/hls/index.m3u8', 'api/stream/films/hls/', 'index.m3u8'],
    ['/watch/films/dash/stream.MPD', 'api/stream/films/dash/', 'stream.MPD'],
    ['/browse/films/', 'api/stream/films/my%20hls/', 'index.m3u8'],
    ['/browse/films/', 'api/stream/films/', 'index.m3u8'],
    ['/', 'api/stream/', 'index.m3u8'],
  ])('to a playlist, by a link to %s, reaches what is below %s', async (page, folder, name) => {
    const link = await sign(page)
    const grant = await ask(link)
    for (const make of [grant?.link, grant?.sign]) {
      const made = (await make?.(folder + name)) ?? ''
      expect(made.startsWith(`${folder}signed~${expiresOf(link.slice(1))}~`)).toBe(true)
      expect(made.endsWith(`/${name}`)).toBe(true)
      for (const other of ['720p/1.ts', '']) {
        const request = { method: 'GET', url: `/${made.replace(name, other)}` }
        expect(await verifySignedUrl(request, { secrets: ['a newer secret'] })).toBe(true)
      }
    }
  })

  it.each([
    ['to a playlist at the root, by a link to that alone', '/watch/index.m3u8', 'api/stream/index.m3u8'],
    ['to a playlist that is saved', '/browse/films/', 'api/stream/films/index.m3u8?download'],
    ['to a list of files', '/browse/films/', 'api/stream/films/list.m3u'],
    ['to the facts of a playlist', '/browse/films/', 'api/media/films/index.m3u8'],
    ['to a part', '/browse/films/', 'api/stream/films/1.ts'],
  ])('%s, reaches no further than its file', async (_, page, target) => {
    const made = (await (await ask(await sign(page)))?.link(target)) ?? ''
    expect(made).not.toContain('~')
    expect(made.replace(/[?&]expires=.*/, '')).toBe(target)
  })

  it('carries the grant to pages, lists and events', async () => {
    const link = await sign('/browse/films/')
    const grant = await ask(link)
    expect(grant?.token).toBe(link)
    expect(grant?.home).toBe(`.${link}`)
    for (const target of ['watch/films/a.mp4', 'api/videos?path=films', 'browse/films/sub/?q=x']) {
      const made = new URL((await grant?.link(target)) ?? '', 'http://localhost/')
      expect(made.searchParams.get('grant')).toBe(link)
      const next = await ask(made.pathname + made.search)
      expect(included(next)).toEqual(included(grant))
      expect(next?.token).toBe(link)
    }
  })

  it('leads nowhere else from the page of one file', async () => {
    expect((await ask(await sign('/watch/film.mp4')))?.home).toBeNull()
  })
})
