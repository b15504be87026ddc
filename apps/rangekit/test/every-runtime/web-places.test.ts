import { sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { freePort } from '@rangekit/test-kit/ports'
import { exchange } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { startOrigin } from '../support/origin-server.ts'
import { expectCleanEnd, FILM, KEY, LIMIT, PATH } from '../support/place-checks.ts'
import { refused, runCommand, startCommand } from '../support/server.ts'

const MIB = 1024 * 1024

const folder = sharedFolder()
const start = (place: string, args: readonly string[]) => startCommand([place, '--port', '0', ...args])

describe('the command over a web server', () => {
  const origin = sharedServer(async () => {
    const started = await startOrigin()
    started.folder.put(KEY, FILM)
    return started
  })

  it('keeps blocks on disk for the next start', async () => {
    for (const reads of [expect.any(Number), 0]) {
      await using server = await start(origin.url, [
        '--cache-memory',
        '0',
        '--cache-dir',
        folder.at('blocks'),
      ])
      // Its version is known now, which a request for bytes would ask for together with them.
      expect((await exchange(server.port, `HEAD ${PATH}`)).status).toBe(200)
      origin.takeReads()
      expect(sameBytes((await exchange(server.port, `GET ${PATH}`)).body, FILM)).toBe(true)
      expect(origin.takeReads()).toEqual(reads)
      await expectCleanEnd(server)
    }
  })

  it('never mixes two versions: a file that changes is the old one, a 503, or the new one', async () => {
    const versions = [1, 2].map((value) => new Uint8Array(2 * MIB).fill(value))
    origin.folder.put('changing.bin', versions[0] ?? '')
    await using server = await start(origin.url, [])
    const ask = () => exchange(server.port, 'GET /api/stream/changing.bin')
    expect((await exchange(server.port, 'GET /api/stream/changing.bin', ['Range: bytes=0-9'])).status).toBe(
      206,
    )
    origin.folder.put('changing.bin', Buffer.concat([versions[1] ?? Buffer.alloc(0), Buffer.from('!')]))
    const isNew = async () => {
      const { status, body } = await ask().catch(() => ({ status: 503, body: Buffer.alloc(0) }))
      if (status === 503 || body.length < 2 * MIB) return false
      const [first = 0] = body
      expect(body.subarray(0, 2 * MIB).every((byte) => byte === first)).toBe(true)
      return body.length === 2 * MIB + 1
    }
    await expect.poll(isNew, { timeout: 15_000 }).toBe(true)
    await server.stop()
  })

  it('opens one film, whose URL and credentials it keeps to itself', async () => {
    const film = new URL(PATH, origin.url).href
    const seen: (string | null)[] = []
    origin.answerWith(({ url, headers }) => {
      seen.push(new URL(url).search, headers.get('authorization'))
      return undefined
    })
    const place = `${film.replace('//', '//user:secret@')}?signature=s`
    await using server = await start(place, [])
    expect(server.stdout).toBe(`Rangekit is serving ${film} at ${server.origin}/\n`)
    const home = await fetch(server.origin, { redirect: 'manual' })
    expect(home.status).toBe(302)
    const page = await fetch(new URL(home.headers.get('location') ?? '', `${server.origin}/`))
    const text = await page.text()
    expect([page.status, text.includes('<video')]).toEqual([200, true])
    expect(text).not.toMatch(/signature|secret/)
    const name = encodeURIComponent("My film's 100% (1).mp4")
    expect(sameBytes((await exchange(server.port, `GET /api/stream/${name}`)).body, FILM)).toBe(true)
    expect((await exchange(server.port, 'GET /api/stream/other.mp4')).status).toBe(404)
    expect(new Set(seen)).toEqual(new Set(['?signature=s', `Basic ${btoa('user:secret')}`]))
    origin.answerWith(() => undefined)
    await expectCleanEnd(server)
  })

  it('sends the fields of --origin-header to it', async () => {
    origin.answerWith(({ headers }) =>
      headers.get('x-token') === 'a:b' ? undefined : new Response(null, { status: 401 }),
    )
    await using server = await start(origin.url, ['--origin-header', 'X-Token: a:b'])
    expect((await exchange(server.port, `HEAD ${PATH}`)).status).toBe(200)
    expect(await runCommand([origin.url])).toEqual(
      refused(/rangekit: http:\S+ answers with 401; credentials can be given with --origin-header/),
    )
    origin.answerWith(() => undefined)
    await expectCleanEnd(server)
  })

  it('asks for a path on its first page, and finds what was pasted', async () => {
    await using server = await start(origin.url, [])
    const first = await (await fetch(server.origin)).text()
    expect(first).toContain('Open a file')
    const enter = (path: string) =>
      fetch(`${server.origin}/?path=${encodeURIComponent(path)}`, { redirect: 'manual' })
    const page = `./watch/${PATH.slice('/api/stream/'.length)}`
    for (const path of [
      KEY.replace('%', '%25'),
      `/${PATH.slice(12)}`,
      `${origin.url}${PATH.slice(12)}?a#b`,
    ]) {
      const { status, headers } = await enter(path)
      expect([path, status, headers.get('location')]).toEqual([path, 302, page])
    }
    for (const path of ['none.mp4', '../x', 'https://other.example/a.mp4', '<script>', 'x'.repeat(5000)]) {
      const answer = await enter(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(await answer.text()).not.toContain('<script>')
    }
    expect((await fetch(`${server.origin}/api/videos`)).status).toBe(404)
    await expectCleanEnd(server)
  })

  it(
    'does not start over what cannot be served',
    async () => {
      const port = await freePort()
      origin.answerWith(({ url }) => (url.endsWith('plain.bin') ? new Response('no ranges here') : undefined))
      const cases = [
        [[`http://127.0.0.1:${port}/`], /rangekit: http:\S+ cannot be reached .+/],
        [[`${origin.url}none.mp4`], /rangekit: there is no file http:\S+none\.mp4/],
        [[`${origin.url}plain.bin`], /rangekit: http:\S+plain\.bin does not send ranges \(200\)/],
        [['.', '--cache-dir', 'x'], /rangekit: --cache-dir does not apply to a folder/],
        [[origin.url, '--cache-dir', '/dev/null/x'], /rangekit: the cache folder \S+ cannot be used .+/],
      ] as const
      const ends = await Promise.all(cases.map(([args]) => runCommand(args)))
      for (const [index, [, line]] of cases.entries()) expect(ends[index]).toEqual(refused(line))
      origin.answerWith(() => undefined)
    },
    LIMIT,
  )
})
