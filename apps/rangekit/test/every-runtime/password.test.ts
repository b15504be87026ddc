import { readdirSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange, field, requestText } from '@rangekit/test-kit/raw'
import { hashSync } from 'bcryptjs'
import { describe, expect, it } from 'vitest'
import { startServer } from '../support/server.ts'

const basic = (pair: string) => `Authorization: Basic ${Buffer.from(pair).toString('base64')}`
const ALICE = basic('alice:señas: 1')
const BOB = basic('bob:secret')
const account = (user: string, password: string) => `${user}:${hashSync(password, 4)}\n`

const folder = sharedFolder(({ put }) => {
  put('media/film.mp4', 'x'.repeat(100))
  put('media/hls/index.m3u8', '#EXTM3U\n1.ts\n')
  put('media/hls/1.ts', 'y'.repeat(10))
  put('users', account('bob', 'secret'))
})
const server = sharedServer(() => {
  const args = ['--auth-file', folder.at('users'), '--index', '--metrics', '--cors', 'https://player.example']
  const env = { RANGEKIT_AUTH: 'alice:señas: 1', XDG_STATE_HOME: folder.at('state') }
  return startServer(folder.at('media'), { args, env })
})
const ask = (target: string, fields: readonly string[] = [], method = 'GET') =>
  exchange(server.port, `${method} ${target}`, fields)

const PROTECTED = [
  '/',
  '/browse/hls/',
  '/watch/film.mp4',
  '/api/videos',
  '/api/media/film.mp4',
  '/api/cover/film.mp4',
  '/api/subtitles/film.vtt',
  '/api/playlist.m3u8',
  '/api/events?folder=',
  '/api/stream/',
  '/api/stream/film.mp4',
  '/api/stream/missing.mp4',
  '/metrics',
  '/openapi.json',
  '/docs',
  '/missing',
]

/** The links to streams in a playlist of the server, with their paths. */
async function signedLinks(): Promise<string[]> {
  const { body } = await ask('/api/playlist.m3u8', [ALICE])
  return body
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('stream/'))
    .map((line) => `/api/${line}`)
}

/** The status and the Retry-After of a request from another address of this machine. */
async function statusFrom(localAddress: string, authorization: string, target = '/api/videos') {
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress })
  socket.write(requestText(`GET ${target}`, [authorization, 'Connection: close']))
  const head = (await text(socket)).split('\r\n\r\n')[0]?.toLowerCase() ?? ''
  return `${head.slice(9, 12)} ${/retry-after: \d+/.exec(head)?.[0] ?? ''}`
}

describe('with a password', () => {
  it('nothing is shown without it, and nothing says what there is', async () => {
    for (const target of PROTECTED) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const response = await ask(target, [], method)
        expect([target, method, response.status]).toEqual([target, method, 401])
        expect(field(response, 'www-authenticate')).toBe('Basic realm="rangekit", charset="UTF-8"')
        expect(field(response, 'cache-control')).toBe('no-store')
      }
    }
  })

  it.each([
    ['of the environment', ALICE],
    ['of the file', BOB],
  ])('each account %s sees everything', async (_, authorization) => {
    for (const target of [
      '/',
      '/watch/film.mp4',
      '/api/videos',
      '/api/stream/',
      '/api/stream/film.mp4',
      '/metrics',
    ]) {
      expect([target, (await ask(target, [authorization])).status]).toEqual([target, 200])
    }
    const range = await ask('/api/stream/film.mp4', [authorization, 'Range: bytes=0-9'])
    expect([range.status, range.body.length]).toEqual([206, 10])
  })

  it('a wrong one gets another try, and a page in a browser', async () => {
    for (const pair of ['bob:señas: 1', 'carol:secret']) {
      const response = await ask('/', [basic(pair), 'Accept: text/html'])
      expect(response.status).toBe(401)
      expect(response.body.toString()).toContain('needs a password')
    }
  })

  it('readiness, scripts and preflights need none', async () => {
    for (const target of ['/readyz', '/healthz', '/assets/base.css']) {
      expect([target, (await ask(target)).status]).toEqual([target, 200])
    }
    const preflight = await ask('/api/stream/film.mp4', ['Origin: https://player.example'], 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(field(preflight, 'access-control-allow-headers')).toContain('Authorization')
    expect(field(preflight, 'access-control-allow-origin')).toBe('https://player.example')
  })

  it('a page of another origin may read that it is needed', async () => {
    const response = await ask('/api/stream/film.mp4', ['Origin: https://player.example'])
    expect([response.status, field(response, 'access-control-allow-origin')]).toEqual([
      401,
      'https://player.example',
    ])
  })

  it('shared caches keep nothing', async () => {
    for (const target of ['/', '/api/videos', '/api/stream/film.mp4', '/api/media/film.mp4']) {
      expect(field(await ask(target, [ALICE]), 'cache-control')).toMatch(/no-store|private/)
    }
  })

  it('players get signed links, which work without it, for what they name alone', async () => {
    const links = await signedLinks()
    expect(links.length).toBeGreaterThan(0)
    for (const link of links) {
      expect((await ask(link)).status).toBe(200)
      expect((await ask(link, [basic('alice:wrong')])).status).toBe(200)
      expect((await ask(link.replace('film', 'hls/1'))).status).toBe(403)
      expect((await ask(link.replace(/signature=./, 'signature=_'))).status).toBe(403)
    }
  })

  it('the link to a playlist reaches its parts', async () => {
    const page = (await ask('/watch/hls/index.m3u8', [ALICE])).body.toString()
    const link = /data-link="([^"]+)"/.exec(page)?.[1] ?? ''
    expect(link).toMatch(/^api\/stream\/hls\/signed~/)
    for (const fields of [[], [ALICE]]) {
      for (const name of ['index.m3u8', '1.ts']) {
        expect((await ask(`/${link.replace('index.m3u8', name)}`, fields)).status).toBe(200)
      }
    }
  })

  it('what looks like a signed link opens nothing else', async () => {
    for (const target of PROTECTED) {
      for (const query of ['signature=x', 'grant=x', 'grant=%2F', 'expires=9999999999&signature=x']) {
        const { status } = await ask(`${target}${target.includes('?') ? '&' : '?'}${query}`)
        expect([target, query, [401, 403].includes(status)]).toEqual([target, query, true])
      }
    }
  })

  it('an address that guesses has to wait, even with the right one, and no other address', async () => {
    const from = (address: string, pair: string) => statusFrom(address, basic(pair))
    for (let guess = 0; guess < 5; guess++) expect(await from('127.0.0.3', `bob:${guess}`)).toMatch(/^401/)
    expect(await from('127.0.0.3', 'bob:secret')).toMatch(/^429 .*retry-after: 1/)
    expect(await from('127.0.0.4', 'bob:secret')).toMatch(/^200/)
    const [link = ''] = await signedLinks()
    expect(await statusFrom('127.0.0.3', basic('bob:secret'), link)).toMatch(/^200/)
  })

  it('the secret of the links is kept for this user alone', () => {
    const [name = ''] = readdirSync(folder.at('state/rangekit'))
    expect(name).toBe('link-secret')
    expect(statSync(folder.at(`state/rangekit/${name}`)).mode & 0o777).toBe(0o600)
  })

  it('accounts change with the file, at once also for those who were in', async () => {
    folder.put('users', account('bob', 'other') + account('dora', 'secret'))
    const statusOf = async (pair: string) => (await ask('/api/videos', [basic(pair)])).status
    for (let tries = 0; (await statusOf('bob:secret')) === 200 && tries < 40; tries++) await sleep(100)
    expect([
      await statusOf('bob:secret'),
      await statusOf('bob:other'),
      await statusOf('dora:secret'),
    ]).toEqual([401, 200, 200])
    folder.put('users', 'broken')
    for (let tries = 0; !server.stderr.includes('stay as they were') && tries < 40; tries++) await sleep(100)
    expect(server.stderr).toContain('line 1: expected user:hash')
    expect(await statusOf('dora:secret')).toBe(200)
  })
})
