import { signUrl } from '@rangekit/range-handler'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import { startServer } from '../support/server.ts'
import { ffmpeg, playThrough, putStreams, STREAMS } from '../support/streams.ts'

const secret = 'a secret for the tests of signed folders'
const folder = sharedFolder((made) => {
  made.put('secrets', `a newer secret\n${secret}`)
  made.put('media/film/index.m3u8', '#EXTM3U\n')
  made.put('media/film/720p/1.ts', '0123456789')
  made.put('media/film/page.html', '<p>')
  made.put('media/film2/1.ts', 'another film')
  made.put('media/secret.ts', 'a secret')
  if (ffmpeg !== undefined) putStreams({ ...made, at: (name) => made.at(`media/${name}`) })
})
const ways = runtime.ways.map(({ way, args }) => ({
  way,
  server: sharedServer(() =>
    startServer(folder.at('media'), { args: ['--secret-file', folder.at('secrets'), ...args] }),
  ),
}))

const sign = (path: string, options: { expiresIn?: number; now?: number; secret?: string } = {}) =>
  signUrl(path, { secret, expiresIn: 60, scope: 'prefix', ...options })

describe.each(ways)('the link to a folder, with bodies sent $way,', ({ server }) => {
  const get = (target: string, fields?: readonly string[], method = 'GET') =>
    exchange(server.port, `${method} ${target}`, fields)
  const statusOf = async (target: string) => (await get(target)).status
  /** What a client gets that resolves dot segments before it sends a request. */
  const resolved = async (target: string) => (await fetch(new URL(target, server.origin))).status

  it('serves what is below it, ranges included, and only to its reader', async () => {
    const link = await sign('/api/stream/film/')
    const part = await get(`${link}720p/1.ts`, ['Range: bytes=2-4'])
    expect([part.status, part.body.toString()]).toEqual([206, '234'])
    expect(field(part, 'content-type')).toBe('video/mp2t')
    for (const response of [part, await get(`${link}720p/1.ts`, [], 'HEAD'), await get(`${link}missing`)]) {
      expect(field(response, 'referrer-policy')).toBe('no-referrer')
    }
    expect(field(part, 'cache-control')).toMatch(/\bprivate\b/)
    expect(await statusOf(`${link}missing`)).toBe(404)
    const page = await get(`${link}page.html?download`)
    expect(field(page, 'content-disposition')).toBe('attachment; filename=page.html')
    expect(field(page, 'content-security-policy')).toMatch(/^sandbox/)
  })

  it('is that of the folder in which it was signed, or of all files', async () => {
    for (const [path, below] of [
      ['/api/stream/film/', '720p/1.ts'],
      ['/api/stream/film/720p/', '1.ts'],
      ['/api/stream/', 'film/720p/1.ts'],
    ] as const) {
      const { status, body } = await get((await sign(path)) + below)
      expect([status, body.toString()]).toEqual([200, '0123456789'])
    }
  })

  it('may be spelled in another way, and have any query', async () => {
    const link = `${await sign('/api/stream/film/')}720p/1.ts`
    for (const other of [
      link.replaceAll('~', '%7E'),
      link.replace('film', '%66ilm'),
      `${link}?_HLS_msn=1`,
      `${link}?expires=1&signature=x`,
    ]) {
      expect(await statusOf(other), other).toBe(200)
    }
  })

  it('serves nothing outside', async () => {
    const link = await sign('/api/stream/film/')
    const [segment = ''] = link.split('/').slice(-2)
    const outside = [
      '/api/stream/film2/1.ts',
      '/api/stream/secret.ts',
      '/api/stream/film/720p/1.ts',
      `/api/stream/${segment}/secret.ts`,
      `/api/stream/film2/${segment}/1.ts`,
      `/api/stream/film/720p/${segment}/1.ts`,
      `${link}${segment}/720p/1.ts`,
      `${link}..%2Fsecret.ts`,
      `${link}..%5Csecret.ts`,
    ]
    for (const target of outside) expect(await statusOf(target), target).toBe(403)
    for (const rest of [
      '../../secret.ts',
      '../secret.ts',
      '720p/../../../film2/1.ts',
      '%2e%2e/%2E./secret.ts',
    ]) {
      expect(await resolved(link + rest), rest).toBe(403)
      expect(await statusOf(link + rest), rest).toBe(404)
    }
    expect(await resolved(`${link}a/../720p/1.ts`)).toBe(200)
  })

  it('serves nothing once it has expired, after a change, or by another secret', async () => {
    const link = await sign('/api/stream/film/')
    const changed = [
      await sign('/api/stream/film/', { now: Date.now() - 10_000, expiresIn: 5 }),
      await sign('/api/stream/film/', { secret: 'another' }),
      link.replace(/~\d+~/, '~99999999999~'),
      link.replace(/~\d+~/, '~0$&').replace('~~', '~'),
      link.replace('film', 'film2'),
      link.replace(/.\/$/, '/'),
      link.replace('signed~', 'signed'),
      await signUrl('/api/stream/film/', { secret, expiresIn: 60, scope: 'prefix', method: 'PUT' }),
    ]
    for (const other of changed) expect(await statusOf(`${other}720p/1.ts`), other).toBe(403)
    const rotated = await sign('/api/stream/film/', { secret: 'a newer secret' })
    expect(await statusOf(`${rotated}720p/1.ts`)).toBe(200)
  })

  it('opens no page, list or facts', async () => {
    for (const path of ['/', '/browse/film/', '/watch/', '/api/', '/api/media/film/', '/api/videos/']) {
      const link = await sign(path)
      for (const below of ['', 'film/', 'index.m3u8', 'film/index.m3u8', '?path=film']) {
        const status = await statusOf(link + below)
        expect([link + below, status >= 400]).toEqual([link + below, true])
      }
      const grant = encodeURIComponent(link)
      expect(await statusOf(`/browse/film/?grant=${grant}`)).toBe(403)
    }
  })

  for (const { kind, playlist, part } of STREAMS) {
    it.skipIf(ffmpeg === undefined)(`lets ffmpeg play ${kind} to its end`, async () => {
      const at = playlist.lastIndexOf('/') + 1
      const link = await sign(`/api/stream/${playlist.slice(0, at)}`)
      const played = await playThrough(`${server.origin}${link}${playlist.slice(at)}`)
      expect(played).toEqual(await playThrough(folder.at(`media/${playlist}`)))
      expect(played).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringMatching(/^0,v,.+\n1,a,.+\n$/),
      })
      // The link to the playlist alone does not reach its parts.
      const alone = await signUrl(`/api/stream/${playlist}`, { secret, expiresIn: 60 })
      expect([await statusOf(alone), await statusOf(`/api/stream/${part}`)]).toEqual([200, 403])
      expect((await playThrough(server.origin + alone)).stderr).toMatch(/403/)
    })
  }
})
