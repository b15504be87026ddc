import type { RawResponse } from '@rangekit/conformance'
import { fileSource } from '@rangekit/node-fs-source'
import { isHidden } from '@rangekit/range-core'
import { type StreamOptions, streamHandler } from '@rangekit/range-handler'
import { shared, sharedFolder } from '@rangekit/test-kit/fixtures'
import { field } from '@rangekit/test-kit/raw'
import { describe, expect, it } from 'vitest'
import { packageVersion } from '../src/peers/kind.ts'
import { essence } from './support/alike.ts'
import {
  codesIn,
  countPrograms,
  programsOf,
  type Row,
  rowsOf,
  testedVersions,
} from './support/migration-page.ts'
import { fillFolder, type Servers, startServers } from './support/migration-servers.ts'

/** docs/migration.md is true: its programs run, and the tables say what the servers answer. */

const folder = sharedFolder(fillFolder)

/** Two programs of the page, what both answer alike, and in which fields they differ on purpose. */
interface Pair {
  readonly heading: string
  readonly film: string
  readonly alike: ReadonlyArray<readonly string[]>
  readonly but?: readonly string[]
}

const RANGES = ['Range: bytes=2-5', 'Range: bytes=990-2000', 'Range: bytes=990-', 'Range: bytes=1000-']
const SUFFIX = 'Range: bytes=-5'
const DATE = 'If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT'

const wholeOf = (folderPath: string) => [
  [`GET ${folderPath}/film.mp4`],
  [`HEAD ${folderPath}/film.mp4`],
  [`GET ${folderPath}/sub/My%20film%20%C3%B1.mp4`],
  [`GET ${folderPath}/missing.mp4`],
]
const rangesOf = (film: string, ...fields: readonly string[]) =>
  [...RANGES, ...fields].map((field) => [`GET ${film}`, field])

const TOKEN = 'Authorization: Bearer secret'

const pairs: readonly Pair[] = [
  {
    heading: 'Express: a folder',
    film: '/media/film.mp4',
    alike: [
      ...wholeOf('/media'),
      ...rangesOf('/media/film.mp4', SUFFIX, DATE),
      ['POST /media/film.mp4'],
      ['GET /elsewhere'],
    ],
  },
  {
    heading: 'Express: one file for a route',
    film: '/reports/7',
    alike: [
      ['GET /reports/7', TOKEN],
      ['HEAD /reports/7', TOKEN],
      ['GET /reports/7', TOKEN, 'Range: bytes=2-5'],
      ['GET /reports/7', TOKEN, DATE],
      ['GET /reports/8', TOKEN],
      ['GET /reports/7'],
    ],
    but: ['Cache-Control'],
  },
  {
    heading: 'send',
    film: '/film.mp4',
    alike: [...wholeOf(''), ...rangesOf('/film.mp4', SUFFIX, DATE)],
  },
  {
    heading: 'sirv',
    film: '/film.mp4',
    alike: [...wholeOf(''), ...rangesOf('/film.mp4'), ['GET /notes.txt', 'Accept-Encoding: br']],
    but: ['Content-Type'],
  },
  {
    heading: '@fastify/static',
    film: '/media/film.mp4',
    alike: [
      ...wholeOf('/media'),
      ...rangesOf('/media/film.mp4', SUFFIX, DATE),
      ['GET /media/.secret'],
      ['GET /elsewhere'],
    ],
  },
  {
    heading: 'Hono',
    film: '/media/film.mp4',
    alike: [
      ['GET /media/film.mp4'],
      ['HEAD /media/film.mp4'],
      ['GET /media/missing.mp4'],
      ...rangesOf('/media/film.mp4', SUFFIX),
      ['GET /elsewhere'],
    ],
  },
  {
    heading: 'Koa',
    film: '/film.mp4',
    alike: [...wholeOf(''), ['GET /notes.txt', 'Accept-Encoding: br'], ['POST /film.mp4']],
  },
]

/** The columns of both tables, and the servers that they speak for. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'express.static': ['express-static', 'send'],
  sirv: ['sirv'],
  '@fastify/static': ['fastify-static'],
  serveStatic: ['hono-static'],
  'koa-static': ['koa-static'],
  Rangekit: [],
}

const [firstOf = ''] = programsOf('Several folders')
const [byId = ''] = programsOf('Express: a file found by a query')
const [, plain = ''] = programsOf('send')
const MEDIA = "fileSource('media')"
const TWO_FOLDERS = "firstOf(fileSource('media'), fileSource('other'))"

const SET_BEFORE =
  "const handler = $1\ncreateServer((req, res) => { res.setHeader('Cache-Control', 'private, max-age=5'); handler(req, res) }).listen"

const before = sharedServers('before', {
  programs: new Map(pairs.map(({ heading }) => [heading, programsOf(heading)[0] ?? ''])),
  defaults: Object.values(COLUMNS).flat(),
})
const after = sharedServers('after', {
  programs: new Map([
    ...[...pairs.map(({ heading }) => heading), 'partial-content'].map(
      (heading) => [heading, programsOf(heading)[1] ?? ''] as const,
    ),
    ['two folders', firstOf + plain.replace(MEDIA, TWO_FOLDERS)],
    ['set before', plain.replace(/createServer\((toNodeHandler.*)\)\.listen/, SET_BEFORE)],
    [
      'found by a query',
      byId + plain.replace(MEDIA, `byId(${MEDIA}, async (id) => ({ 7: 'film.mp4' })[id])`),
    ],
  ]),
})

/** Starts servers once for all tests. */
function sharedServers(title: string, wanted: Parameters<typeof startServers>[2]): Servers {
  return shared(
    () => startServers(folder, title, wanted),
    (servers) => servers[Symbol.asyncDispose](),
    60_000,
  )
}

/** The response of the program before, and of the one after. */
const askBoth = (heading: string, request: readonly string[]) =>
  Promise.all([before.ask(heading, request), after.ask(heading, request)])

it('the versions on the page are those that are tested', () => {
  const stated = testedVersions()
  expect(stated.length).toBe(6)
  for (const [name, version] of stated)
    expect(`${name} ${packageVersion(name)}`).toContain(`${name} ${version}.`)
})

it('every program of the page is in a test', () => {
  // Beside the pairs: `firstOf`, `byId`, and the two of partial-content.
  expect(countPrograms()).toBe(pairs.length * 2 + 4)
})

describe.each(pairs)('$heading, before and after', ({ heading, film, alike, but }) => {
  it.each(alike.map((request) => ({ request, name: request.join(' ') })))(
    'are alike: $name',
    async ({ request }) => {
      const [old, ours] = await askBoth(heading, request)
      expect(essence(ours, but)).toEqual(essence(old, but))
    },
  )

  it('differ in the entity tag, which is strong afterwards and resumes with If-Range', async () => {
    const [old, ours] = await askBoth(heading, [`GET ${film}`, TOKEN])
    expect(field(old, 'ETag') ?? 'W/').toMatch(/^W\//)
    expect(field(ours, 'ETag')).toMatch(/^"/)
    const ifRange = `If-Range: ${field(ours, 'ETag')}`
    const resumed = await after.ask(heading, [`GET ${film}`, TOKEN, 'Range: bytes=2-5', ifRange])
    expect([resumed.status, resumed.body.byteLength]).toEqual([206, 4])
  })
})

describe('what the page says beside the tables', () => {
  const statuses = async (heading: string, ...request: readonly string[]) =>
    (await askBoth(heading, request)).map(({ status }) => status)

  it('authorize is not asked about an id that names no file', async () => {
    expect(await statuses('Express: one file for a route', 'GET /reports/8')).toEqual([401, 404])
  })

  it('the response to an authorised request is private', async () => {
    const response = await after.ask('Express: one file for a route', ['GET /reports/7', TOKEN])
    expect(field(response, 'Cache-Control')).toBe('private, no-transform')
  })

  it('other methods are answered, and with fallthrough all but OPTIONS are passed on', async () => {
    expect(await statuses('Express: a folder', 'OPTIONS /media/film.mp4')).toEqual([404, 204])
    expect((await after.ask('send', ['POST /film.mp4'])).status).toBe(405)
    expect((await after.ask('send', ['OPTIONS /film.mp4'])).status).toBe(204)
  })

  it('sirv does not see files that are added later', async () => {
    folder.put('media/later.mp4', 'new')
    expect(await statuses('sirv', 'GET /later.mp4')).toEqual([404, 200])
  })

  it('koa-static sends compressed files without Vary', async () => {
    const both = await askBoth('Koa', ['GET /notes.txt', 'Accept-Encoding: br'])
    expect(both.map((response) => field(response, 'Vary'))).toEqual([undefined, 'Accept-Encoding'])
  })

  it.each([
    ['/film.mp4', 200, 1000],
    ['/outside.mp4', 200, 640],
    ['/missing.mp4', 404, 22],
  ])('the first folder that has %s serves it: %i', async (path, status, length) => {
    const response = await after.ask('two folders', [`GET ${path}`])
    expect([response.status, response.body.byteLength]).toEqual([status, length])
  })

  it('a source can look for the file that an id names', async () => {
    const asked = ['/7', '/8', '/film.mp4'].map((path) => after.ask('found by a query', [`GET ${path}`]))
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 404, 404])
  })

  it('a Cache-Control that was set before wins', async () => {
    const response = await after.ask('set before', ['GET /film.mp4'])
    expect(field(response, 'Cache-Control')).toBe('private, max-age=5, no-transform')
  })

  it('after partial-content, files are downloads that are revalidated', async () => {
    const response = await after.ask('partial-content', ['GET /files/film.mp4', 'Range: bytes=2-5'])
    expect(field(response, 'Content-Range')).toBe('bytes 2-5/1000')
    expect(field(response, 'Cache-Control')).toBe('private, no-cache, no-transform')
    expect(field(response, 'Content-Disposition')).toBe('attachment; filename=film.mp4')
  })

  const ask = (path: string, options: StreamOptions = {}) =>
    streamHandler(fileSource(folder.at('media')), options)(new Request(`http://localhost/${path}`))

  it('a 403 for dotfiles needs one line', async () => {
    const authorize: StreamOptions['authorize'] = (_, key) => !isHidden(key)
    expect((await ask('.secret', { authorize })).status).toBe(403)
    expect((await ask('film.mp4', { authorize })).status).toBe(200)
  })

  it('Cache-Control is no-transform by default, and can be left out', async () => {
    expect((await ask('film.mp4')).headers.get('Cache-Control')).toBe('no-transform')
    expect((await ask('film.mp4', { noTransform: false })).headers.has('Cache-Control')).toBe(false)
  })

  it('HTML is sandboxed unless `sandbox` is false; types are never guessed', async () => {
    const { headers } = await ask('page.html')
    expect(headers.get('Content-Security-Policy')).toMatch(/^sandbox;/)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect((await ask('page.html', { sandbox: false })).headers.has('Content-Security-Policy')).toBe(false)
  })

  it('a folder whose own name has a dot can be served', async () => {
    const handler = streamHandler(fileSource(folder.at('media/.well-known')), { prefix: '/.well-known' })
    expect((await handler(new Request('http://localhost/.well-known/x.txt'))).status).toBe(200)
  })

  it('a folder that is missing is an error at the start', () => {
    expect(() => fileSource(folder.at('nowhere'))).toThrow('ENOENT')
  })
})

describe('the tables of responses', () => {
  /** What every server of a table answers, as the table says it. */
  async function compare(
    { cells }: Row,
    request: readonly string[],
    say: (response: RawResponse, cell: string) => string,
  ): Promise<void> {
    const expected = Object.entries(COLUMNS).map(([column, names]) => [column, names, cells.get(column)])
    const actual = Object.entries(COLUMNS).map(async ([column, names]) => {
      const cell = cells.get(column) ?? ''
      const asked =
        column === 'Rangekit'
          ? [after.ask('send', request)]
          : names.map((name) => before.ask(`${name} by default`, request))
      const said = new Set((await Promise.all(asked)).map((response) => say(response, cell)))
      return [column, names, [...said].join(' or ')]
    })
    expect(await Promise.all(actual)).toEqual(expected)
  }

  const requests = rowsOf('On the wire', 'request')
  const files = rowsOf('On the wire', 'file')

  it('have rows', () => {
    expect(requests.length).toBeGreaterThan(10)
    expect(files.length).toBeGreaterThan(5)
  })

  it.each(requests)('$first', async (row) => {
    await compare(row, codesIn(row.first), (response, cell) =>
      cell.includes('bytes')
        ? `${response.status} ${field(response, 'Content-Range')}`
        : `${response.status}`,
    )
  })

  it.each(files)('the media type of $first', async (row) => {
    await compare(
      row,
      [`HEAD /${codesIn(row.first)[0]}`],
      (response) => field(response, 'Content-Type')?.split(';')[0] || 'empty',
    )
  })
})
