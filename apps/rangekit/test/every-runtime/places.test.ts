import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { hasNginx, startNginx } from '@rangekit/test-kit/nginx'
import { freePort } from '@rangekit/test-kit/ports'
import { exchange } from '@rangekit/test-kit/raw'
import { startRecordingProxy } from '@rangekit/test-kit/recording-proxy'
import { hasSwift, type Swift, startSwift } from '@rangekit/test-kit/swift'
import { describe, expect, it } from 'vitest'
import {
  expectCleanEnd,
  expectConformance,
  expectRight,
  FILM,
  KEY,
  LIMIT,
  PATH,
  SHORT,
  SHORT_KEY,
} from '../support/place-checks.ts'
import { runtime } from '../support/runtime.ts'
import { refused, runCommand, startCommand, type TestServer } from '../support/server.ts'

const folder = sharedFolder()

type CacheName = 'no cache' | 'a cache in memory' | 'a cache on disk'
type Cache = readonly [name: CacheName, args: readonly string[]]

/** What the command keeps of a place. */
const CACHES: readonly Cache[] = [
  ['no cache', ['--cache-memory', '0']],
  ['a cache in memory', ['--cache-status']],
  [
    'a cache on disk',
    ['--cache-memory', '0', '--cache-dir', '{dir}', '--cache-size', '64MiB', '--cache-status'],
  ],
]

interface Place {
  /**
   * With which caches the conformance checker judges it on other runtimes than Node. What they do differently is to
   * fetch and to send, which is the same for all places.
   */
  readonly judged: readonly CacheName[]
  /** The URL of the server that holds it. */
  readonly server: string
  /** Its argument and options, where another server passes on what comes to that one. */
  arguments(server: string): readonly [place: string, ...options: string[]]
  /** Default: nothing. */
  readonly env?: NodeJS.ProcessEnv
  /** What else is right there. Default: nothing. */
  also?(server: TestServer): Promise<void>
}

async function expectSameAsFolder(place: Place, [cache, args]: Cache): Promise<void> {
  await using proxy = await startRecordingProxy(Number(new URL(place.server).port))
  const [name, ...options] = place.arguments(`http://127.0.0.1:${proxy.port}`)
  const blocks = folder.at(new URL(name).protocol)
  const flags = [...options, ...args.map((arg) => (arg === '{dir}' ? blocks : arg))]
  await using server = await startCommand([name, '--port', '0', ...flags], place.env)
  expect(server.stdout).toBe(`Rangekit is serving ${name} at ${server.origin}/\n`)
  const reads = (key: string) =>
    proxy.heads.filter(({ method, target }) => method === 'GET' && decodeURIComponent(target).endsWith(key))
      .length
  await expectRight(server)
  const first = reads(KEY)
  await expectRight(server)
  // What a cache has kept costs the place nothing.
  if (cache === 'no cache') expect(reads(KEY)).toBeGreaterThan(first)
  else expect(reads(KEY)).toBe(first)
  if (runtime.name === 'node' || place.judged.includes(cache)) {
    await expectConformance(server)
    if (cache === 'no cache') expect(reads(SHORT_KEY)).toBeGreaterThan(300)
    else expect(reads(SHORT_KEY)).toBe(1)
  }
  const { headers } = await fetch(`${server.origin}${PATH}`, { headers: { Range: 'bytes=0-1' } })
  expect(headers.get('cache-status')).toBe(cache === 'no cache' ? null : 'rangekit; hit')
  await place.also?.(server)
  await expectCleanEnd(server)
}

// Its servers wait for each other most of the time.
describe.skipIf(!hasNginx())('the command over a plain nginx', { concurrent: true }, () => {
  const nginx = shared(
    async () => {
      // It does not know the port of the proxy.
      const started = await startNginx('absolute_redirect off;')
      started.files.put(KEY, FILM)
      started.files.put(SHORT_KEY, SHORT)
      return started
    },
    (started) => started.stop(),
  )

  it.each(CACHES)(
    'serves it as it serves a folder, with %s',
    async (...cache) => {
      const place: Place = {
        judged: ['no cache', 'a cache on disk'],
        server: nginx.url,
        arguments: (server) => [`${server}/`],
      }
      await expectSameAsFolder(place, cache)
    },
    LIMIT,
  )
})

describe.skipIf(!hasSwift())('the command over S3', { concurrent: true }, () => {
  const swift: Swift = shared(
    async () => {
      const started = await startSwift()
      const fields = { 'Content-Type': 'video/mp4', 'X-Timestamp': `${LONG_AGO.getTime() / 1000}` }
      await started.put(KEY, FILM, fields)
      await started.put(SHORT_KEY, SHORT, fields)
      await started.put('notes.txt', 'hello')
      return started
    },
    (started) => started.close(),
    LIMIT,
  )
  const environment = (secret = swift.credentials.secretAccessKey) => ({
    AWS_ACCESS_KEY_ID: swift.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: swift.region,
  })
  const startS3 = (path: string) =>
    startCommand(
      [`s3://${swift.bucket}${path}`, '--port', '0', '--s3-endpoint', swift.endpoint],
      environment(),
    )

  const expectLists = async ({ origin }: TestServer) => {
    const list = async (path: string) => {
      const { total, entries } = await (await fetch(`${origin}/api/videos?path=${path}`)).json()
      return [total, entries.map(({ key, size }: { key: string; size: number }) => [key, size])]
    }
    expect(await list('')).toEqual([
      2,
      [
        ['films', 0],
        ['notes.txt', 5],
      ],
    ])
    expect(await list('films')).toEqual([
      2,
      [
        [KEY, FILM.length],
        [SHORT_KEY, SHORT.length],
      ],
    ])
    expect((await fetch(`${origin}/browse/films/`)).status).toBe(200)
  }

  it.each(CACHES)(
    'serves a bucket as it serves a folder, with %s',
    async (...cache) => {
      const place: Place = {
        judged: ['a cache in memory'],
        server: swift.endpoint,
        arguments: (server) => [`s3://${swift.bucket}`, '--s3-endpoint', server],
        env: environment(),
        also: expectLists,
      }
      await expectSameAsFolder(place, cache)
    },
    LIMIT,
  )

  it('serves what is below a prefix, and a single object', async () => {
    await using films = await startS3('/films')
    const path = `/api/stream/${PATH.slice('/api/stream/films/'.length)}`
    expect((await exchange(films.port, `HEAD ${path}`)).status).toBe(200)
    expect((await exchange(films.port, 'HEAD /api/stream/notes.txt')).status).toBe(404)
    await using film = await startS3(`/${KEY}`)
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
