import { exchange } from '@rangekit/test-kit/raw'
import type { Answered } from './check.ts'
import { whileConnectedFrom, whileStreamsAreOpen } from './circumstances.ts'
import type { ApiServers } from './servers.ts'

/** A request for a documented answer. */
export interface ApiCase {
  /** The documented path. */
  readonly path: string
  readonly status: number
  /** Default: GET. */
  readonly method?: string
  /** What it is sent as, if that is not what is documented. Default: `method`. */
  readonly sentAs?: string
  readonly target: string
  readonly fields?: readonly string[]
  /** Which of several media types the answer has. Default: it has one, or none. */
  readonly type?: string
  /** Default: `open`. */
  readonly server?: 'open' | 'signed' | 'locked' | 'crowded' | 'broken'
  /** Sends it under some circumstances. */
  readonly when?: (servers: ApiServers, send: () => Promise<Answered>) => Promise<Answered | undefined>
}

type Rest = Omit<ApiCase, 'path' | 'target' | 'status'>
type Row = readonly [status: number, rest?: Rest & { readonly target?: string }]

/** Requests for one path. */
function at(path: string, target: string, ...rows: readonly Row[]): ApiCase[] {
  return rows.map(([status, rest = {}]) => ({ path, target, status, ...rest }))
}

const fields = (...lines: string[]): Rest => ({ fields: lines })
const SIGNED: Row = [403, { server: 'signed' }]
const POST: Row = [405, { sentAs: 'POST' }]
const NOT_MODIFIED: Row = [304, fields('If-None-Match: *')]
const FAILED: Row = [412, fields('If-Match: "another"')]
const BROWSER = 'Accept: text/html'
const missing = (target: string): Row => [404, { target }]
const WRONG_PASSWORD = `Authorization: Basic ${btoa('user:wrong')}`
/** Sends it after several wrong passwords: one that is repeated counts once. */
async function afterWrongPasswords({ locked }: ApiServers, send: () => Promise<Answered>): Promise<Answered> {
  for (let index = 0; index < 8; index++) {
    await exchange(locked.port, 'GET /', [`Authorization: Basic ${btoa(`user:wrong ${index}`)}`])
  }
  return send()
}
const busy: Row = [503, { target: '/api/stream/new.mp4', when: ({ withNewFile }, send) => withNewFile(send) }]
/** A connection too many, where there are some from these addresses. Tests connect from 127.0.0.1. */
const crowded = (...addresses: string[]): Row => [
  503,
  { server: 'crowded', when: (servers, send) => whileConnectedFrom(servers.crowded, addresses, send) },
]

/** One request for each answer of the document, or more. Those for GET are sent as HEAD as well. */
export const CASES: readonly ApiCase[] = [
  ...at(
    '/api/stream/{filename}',
    '/api/stream/film.mp4',
    [200],
    [200, { target: '/api/stream/page.html?download' }],
    [206, { ...fields('Range: bytes=0-499'), type: '*/*' }],
    [206, { ...fields('Range: bytes=0-0,-1'), type: 'multipart/byteranges' }],
    NOT_MODIFIED,
    [400, fields('Host: another.example')],
    SIGNED,
    missing('/api/stream/none.mp4'),
    POST,
    FAILED,
    [412, fields('If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT')],
    [416, fields('Range: bytes=99999999-')],
    [401, { server: 'locked' }],
    [421, { target: 'http://attacker.dev/api/stream/film.mp4' }],
    [429, { server: 'locked', when: afterWrongPasswords, ...fields(WRONG_PASSWORD) }],
    [431, fields(`X-Long: ${'x'.repeat(20_000)}`)],
    [500, { target: '/api/stream/refused.mp4', server: 'broken' }],
    busy,
    crowded('127.0.0.1'),
    crowded('127.0.0.2', '127.0.0.3'),
    [204, { method: 'OPTIONS' }],
  ),
  ...at(
    '/api/stream/{folder}/',
    '/api/stream/films/',
    [200],
    [200, { target: '/api/stream/' }],
    [301, { target: '/api/stream/films' }],
    NOT_MODIFIED,
    SIGNED,
    missing('/api/stream/none/'),
  ),
  ...at(
    '/api/videos',
    '/api/videos',
    [200],
    [200, { target: '/api/videos?limit=1&sort=-size' }],
    NOT_MODIFIED,
    [400, { target: '/api/videos?sort=taste' }],
    SIGNED,
    missing('/api/videos?path=none'),
    POST,
    FAILED,
  ),
  ...at('/api/events', '/api/events?folder=&growing=film.mp4', [200], SIGNED, POST, [
    503,
    { when: ({ open }, send) => whileStreamsAreOpen(open, send) },
  ]),
  ...at(
    '/api/media/{key}',
    '/api/media/film.mp4',
    [200],
    NOT_MODIFIED,
    SIGNED,
    missing('/api/media/none.mp4'),
    POST,
    FAILED,
    [500, { target: '/api/media/refused.mp4', server: 'broken' }],
    [503, { ...busy[1], target: '/api/media/new.mp4' }],
  ),
  ...at(
    '/api/cover/{key}',
    '/api/cover/film.mp4',
    [200],
    [206, fields('Range: bytes=0-9')],
    NOT_MODIFIED,
    SIGNED,
    missing('/api/cover/page.html'),
    POST,
    FAILED,
    [416, fields('Range: bytes=99999999-')],
  ),
  ...at(
    '/api/subtitles/{key}',
    '/api/subtitles/film.en.vtt',
    [200],
    [206, fields('Range: bytes=0-9')],
    NOT_MODIFIED,
    SIGNED,
    missing('/api/subtitles/none.vtt'),
    POST,
    FAILED,
    [416, fields('Range: bytes=99999999-')],
  ),
  ...at(
    '/api/playlist.m3u8',
    '/api/playlist.m3u8?sort=-modified',
    [200],
    SIGNED,
    missing('/api/playlist.m3u8?path=none'),
    POST,
  ),
  ...at('/healthz', '/healthz', [200], [200, { server: 'signed' }], POST),
  ...at('/openapi.json', '/openapi.json', [200], [200, { server: 'signed' }], NOT_MODIFIED, POST, FAILED),
  ...at('/docs', '/docs', [200], [200, { server: 'signed' }], POST),
  ...at(
    '/metrics',
    '/metrics',
    [200, { type: 'text/plain' }],
    [200, { type: 'application/openmetrics-text', ...fields('Accept: application/openmetrics-text') }],
    [404, { server: 'signed' }],
    POST,
  ),
  ...at('/', '/', [200], SIGNED, POST, [200, { method: 'OPTIONS' }]),
  ...at(
    '/browse/{path}/',
    '/browse/films/',
    [200],
    [308, { target: '/browse/films' }],
    SIGNED,
    [404, { target: '/browse/none/', type: 'application/json' }],
    [404, { target: '/browse/none/', ...fields(BROWSER), type: 'text/html' }],
    POST,
  ),
  ...at(
    '/watch/{key}',
    '/watch/film.mp4',
    [200],
    SIGNED,
    [404, { target: '/watch/none.mp4', type: 'application/json' }],
    [404, { target: '/watch/none.mp4', ...fields(BROWSER), type: 'text/html' }],
    POST,
  ),
  ...at(
    '/assets/{name}',
    '/assets/base.css',
    [200],
    [200, { server: 'signed' }],
    NOT_MODIFIED,
    missing('/assets/none.css'),
    POST,
  ),
  ...at('/readyz', '/readyz', [200], [200, { server: 'signed' }], POST),
  // The last ones, since they stop a server.
  ...at('/readyz', '/readyz', [503, { when: async ({ stopped }) => (await stopped())[0] }]),
  ...at('/', '/', [503, { method: 'OPTIONS', when: async ({ stopped }) => (await stopped())[1] }]),
]
