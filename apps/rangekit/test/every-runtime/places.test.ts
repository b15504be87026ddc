import { runConformance } from '@rangekit/conformance'
import { positionBytes, sameBytes } from '@rangekit/test-kit/bytes'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { freePort } from '@rangekit/test-kit/ports'
import { exchange, field } from '@rangekit/test-kit/raw'
import { hasSwift, type Swift, startSwift } from '@rangekit/test-kit/swift'
import { describe, expect, it } from 'vitest'
import { startOrigin } from '../support/origin-server.ts'
import { refused, runCommand, startCommand, type TestServer } from '../support/server.ts'

const MIB = 1024 * 1024
const FILM = positionBytes(3 * MIB + 7)
const KEY = "films/My film's 100% (1).mp4"
const PATH = `/api/stream/${KEY.split('/').map(encodeURIComponent).join('/')}`

/** For what takes a few seconds: the machine may be busy. */
const LIMIT = 90_000

const folder = sharedFolder()

/** What the command keeps of a place. */
const CACHES = [
  ['no cache', ['--cache-memory', '0']],
  ['a cache in memory', ['--cache-status']],
  [
    'a cache on disk',
    ['--cache-memory', '0', '--cache-dir', '{dir}', '--cache-size', '64MiB', '--cache-status'],
  ],
] as const

/** Options for the tests of a cache; each place has a folder. */
function options(args: readonly string[], place: string): string[] {
  return args.map((arg) => (arg === '{dir}' ? folder.at(place) : arg))
}

function start(place: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<TestServer> {
  return startCommand([place, '--port', '0', ...args], env)
}

/** Requests of each kind, and what is right. */
async function expectRight({ port }: TestServer): Promise<void> {
  const ask = (line: string, ...fields: string[]) => exchange(port, line, fields)
  const whole = await ask(`GET ${PATH}`)
  expect([whole.status, field(whole, 'content-type'), sameBytes(whole.body, FILM)]).toEqual([
    200,
    'video/mp4',
    true,
  ])
  const etag = field(whole, 'etag') ?? ''
  expect(etag).toMatch(/^"/)
  for (const [range, first, last] of [
    ['0-0', 0, 0],
    [`${MIB - 3}-${MIB + 2}`, MIB - 3, MIB + 2],
    ['-5', FILM.length - 5, FILM.length - 1],
    [`${MIB}-`, MIB, FILM.length - 1],
  ] as const) {
    const { status, body } = await ask(`GET ${PATH}`, `Range: bytes=${range}`, `If-Range: ${etag}`)
    expect([range, status, sameBytes(body, FILM.subarray(first, last + 1))]).toEqual([range, 206, true])
  }
  const several = await ask(`GET ${PATH}`, `Range: bytes=0-3,${2 * MIB}-${2 * MIB + 3}`)
  expect(field(several, 'content-type')).toMatch(/^multipart\/byteranges/)
  expect(several.body.includes(Buffer.from(FILM.subarray(2 * MIB, 2 * MIB + 4)))).toBe(true)
  const statuses = await Promise.all([
    ask(`GET ${PATH}`, `Range: bytes=${FILM.length}-`),
    ask(`GET ${PATH}`, `If-None-Match: ${etag}`),
    ask(`GET ${PATH}`, 'If-Match: "other"'),
    ask(`HEAD ${PATH}`),
    ask('GET /api/stream/films/none.mp4'),
    ask('GET /api/stream/films'),
    ask('GET /api/stream/%2e%2e/secret'),
    ask(`GET /watch/${PATH.slice('/api/stream/'.length)}`),
  ])
  expect(statuses.map(({ status }) => status)).toEqual([416, 304, 412, 200, 404, 404, 404, 200])
}

async function expectConformance({ origin }: TestServer): Promise<void> {
  const report = await runConformance(`${origin}${PATH}`)
  expect(report.results.filter(({ verdict }) => verdict === 'fail')).toEqual([])
}

async function expectCleanEnd(server: TestServer): Promise<void> {
  expect(await server.stop('SIGTERM')).toBe(0)
  expect(server.stderr).toBe('')
}

describe('the command over a web server', () => {
  const origin = sharedServer(async () => {
    const started = await startOrigin()
    started.folder.put(KEY, FILM)
    return started
  })

  it.each(CACHES)(
    'serves it as it serves a folder, with %s',
    async (cache, args) => {
      await using server = await start(origin.url, options(args, 'web'))
      expect(server.stdout).toBe(`Rangekit is serving ${origin.url} at ${server.origin}/\n`)
      await expectRight(server)
      origin.takeReads()
      await expectRight(server)
      // What a cache has kept costs the origin nothing.
      if (cache === 'no cache') expect(origin.takeReads()).toBeGreaterThan(5)
      else expect(origin.takeReads()).toBe(0)
      const { headers } = await fetch(`${server.origin}${PATH}`, { headers: { Range: 'bytes=0-1' } })
      expect(headers.get('cache-status')).toBe(cache === 'no cache' ? null : 'rangekit; hit')
      if (cache === 'a cache on disk') await expectConformance(server)
      await expectCleanEnd(server)
    },
    LIMIT,
  )

  it('keeps blocks on disk for the next start', async () => {
    await using server = await start(origin.url, options(CACHES[2][1], 'web'))
    origin.takeReads()
    expect(sameBytes((await exchange(server.port, `GET ${PATH}`)).body, FILM)).toBe(true)
    expect(origin.takeReads()).toBe(0)
    await expectCleanEnd(server)
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

describe.skipIf(!hasSwift())('the command over S3', () => {
  const swift: Swift = shared(
    async () => {
      const started = await startSwift()
      await started.put(KEY, FILM, { 'Content-Type': 'video/mp4' })
      await started.put('notes.txt', 'hello')
      return started
    },
    (started) => started.close(),
    90_000,
  )
  const environment = (secret = swift.credentials.secretAccessKey) => ({
    AWS_ACCESS_KEY_ID: swift.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: swift.region,
  })
  const startS3 = (path: string, args: readonly string[]) =>
    start(`s3://${swift.bucket}${path}`, ['--s3-endpoint', swift.endpoint, ...args], environment())

  it.each(CACHES)(
    'serves a bucket as it serves a folder, with %s',
    async (cache, args) => {
      await using server = await startS3('', options(args, 's3'))
      expect(server.stdout).toBe(`Rangekit is serving s3://${swift.bucket} at ${server.origin}/\n`)
      await expectRight(server)
      if (cache !== 'no cache') await expectRight(server)
      const list = async (path: string) => {
        const { total, entries } = await (await fetch(`${server.origin}/api/videos?path=${path}`)).json()
        return [total, entries.map(({ key, size }: { key: string; size: number }) => [key, size])]
      }
      expect(await list('')).toEqual([
        2,
        [
          ['films', 0],
          ['notes.txt', 5],
        ],
      ])
      expect(await list('films')).toEqual([1, [[KEY, FILM.length]]])
      expect((await fetch(`${server.origin}/browse/films/`)).status).toBe(200)
      if (cache === 'a cache in memory') await expectConformance(server)
      await expectCleanEnd(server)
    },
    LIMIT,
  )

  it('serves what is below a prefix, and a single object', async () => {
    await using films = await startS3('/films', [])
    const path = `/api/stream/${PATH.slice('/api/stream/films/'.length)}`
    expect((await exchange(films.port, `HEAD ${path}`)).status).toBe(200)
    expect((await exchange(films.port, 'HEAD /api/stream/notes.txt')).status).toBe(404)
    await using film = await startS3(`/${KEY}`, [])
    expect((await fetch(film.origin)).url).toBe(`${film.origin}/watch/${path.slice('/api/stream/'.length)}`)
    await Promise.all([films, film].map(expectCleanEnd))
  })

  it(
    'does not start over what cannot be served',
    async () => {
      const port = await freePort()
      const endpoint = ['--s3-endpoint', swift.endpoint, '--port', '0']
      const bucket = `s3://${swift.bucket}`
      const cases = [
        [
          [bucket, ...endpoint],
          environment('wrong'),
          /rangekit: s3:\/\/media refuses the credentials \(403\)/,
        ],
        [[bucket, ...endpoint], { HOME: folder.path }, /rangekit: s3:\/\/media needs credentials: .+/],
        [['s3://none', ...endpoint], environment(), /rangekit: there is no bucket s3:\/\/none/],
        [
          [bucket, '--s3-endpoint', `http://127.0.0.1:${port}`],
          environment(),
          /rangekit: s3:\/\/media cannot be reached.*/,
        ],
        [[bucket, '--digests'], environment(), /rangekit: --digests does not apply to an S3 bucket/],
      ] as const
      const ends = await Promise.all(cases.map(([args, env]) => runCommand(args, env)))
      for (const [index, [, , line]] of cases.entries()) expect(ends[index]).toEqual(refused(line))
    },
    LIMIT,
  )
})
