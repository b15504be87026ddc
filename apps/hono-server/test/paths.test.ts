import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { fileSource } from '@rangekit/node-fs-source'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamRoutes } from '../src/index.ts'
import { serve } from '../src/node.ts'
import type { RunningServer } from '../src/server.ts'
import { makeFolder, type TestFolder } from './support/folder.ts'
import { rounds } from './support/rounds.ts'
import { startServer, type TestServer } from './support/server.ts'

// In every file, served or not: a path that is not canonical must not lead to any.
const CANARY = 'chirp-chirp-chirp'
const ROUTE = '/api/stream'

let folder: TestFolder
let server: TestServer
beforeAll(async () => {
  folder = makeFolder()
  for (const name of [
    'canary.txt',
    '.env',
    'media/.env',
    'media/.git/config',
    'media/a/.hidden/canary.txt',
  ]) {
    folder.put(name, CANARY)
  }
  for (const name of ['media/film.mp4', 'media/a/b/film.mp4', 'media/private/x.mp4', 'media/señas/x.mp4']) {
    folder.put(name, CANARY)
  }
  server = await startServer(folder.at('media'))
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

/** Says something to a server as it stands, byte for byte, and tells all that it says until it closes. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(port, '127.0.0.1')
    const deadline = setTimeout(() => socket.destroy(), 10_000)
    socket.setEncoding('latin1')
    socket.on('data', (piece) => {
      answer += piece
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(deadline)
      resolve(answer)
    })
    socket.write(text, 'utf8')
  })
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
}

function request(target: string, fields = 'Host: localhost\r\n'): string {
  return `GET ${target} HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`
}

/** Each request is refused in one of the ways that are allowed, and nobody hears the canary. */
async function expectRefused(
  port: number,
  requests: readonly string[],
  allowed: readonly number[],
): Promise<void> {
  const answers = await rounds(requests.length, 20, async (index) => {
    const text = requests[index] ?? ''
    const answer = await say(port, text)
    return { text: text.slice(0, 300), status: statusOf(answer), heard: answer.includes(CANARY) }
  })
  expect(answers.filter(({ status, heard }) => heard || !allowed.includes(status))).toEqual([])
}

const DOTS = [
  ...['..', '%2e%2e', '%2E%2E', '.%2e', '%2e.', '%2e%2E', '%252e%252e', '%25252e%25252e', '.%252e'],
  ...['%c0%ae%c0%ae', '%e0%80%ae%e0%80%ae', '%f0%80%80%ae.', '%c0%2e%c0%2e', '%u002e%u002e', '%uff0e%uff0e'],
  ...[
    '%ef%bc%8e%ef%bc%8e',
    '．．',
    '..;',
    '..;x=1',
    '..%3b',
    '..%00',
    '%00..',
    '..%20',
    '..%09',
    '...',
    '....',
  ],
  ...['.%0a.', '..%ff', '..%', '..%2', '%2', '0x2e0x2e', '&#46;&#46;', '..?', '..#', '.', '%2e', '', '%20..'],
]
const SEPARATORS = [
  ...[
    '/',
    '//',
    '%2f',
    '%2F',
    '%252f',
    '\\',
    '%5c',
    '%5C',
    '%255c',
    '%c0%af',
    '%e0%80%af',
    '%e2%88%95',
    '/;/',
  ],
  ...['∕', '%ef%bc%8f', '/./', '/%2e/', '%u2215'],
]

/** Every spelling of a climb, from the root and from a folder in it, to a file outside. */
const climbs = DOTS.flatMap((dots) =>
  SEPARATORS.flatMap((separator) => [
    `${ROUTE}/${dots}${separator}canary.txt`,
    `${ROUTE}/a${separator}${dots}${separator}${dots}${separator}canary.txt`,
  ]),
)

const tricks = [
  // Dotfiles, by every name.
  ...[
    '.env',
    '%2eenv',
    '%2Eenv',
    '%252eenv',
    './.env',
    'a/../.env',
    '.env/',
    '.env%00',
    '.git/config',
    '%2egit/config',
  ],
  ...[
    'a/.hidden/canary.txt',
    'a/%2ehidden/canary.txt',
    '.env?download',
    '.env;x=y',
    '.%65nv',
    '.e%6ev',
    '..env',
    '.env.',
  ],
  // Slashes that are too many, or of another kind.
  ...[
    '/film.mp4',
    '//film.mp4',
    'a//b/film.mp4',
    'a/b//film.mp4',
    'film.mp4/',
    'film.mp4//',
    'film.mp4/.',
    'a/b/film.mp4/',
  ],
  ...[
    'a%2fb%2ffilm.mp4',
    'a%2Fb/film.mp4',
    'a\\b\\film.mp4',
    'a%5cb%5cfilm.mp4',
    '\\film.mp4',
    '%5cfilm.mp4',
    '/\\film.mp4',
  ],
  // Names that mean something else, or the same, elsewhere.
  ...[
    'film.mp4::$DATA',
    'film.mp4:stream',
    'film.mp4%3a%3a$DATA',
    'film.mp4.',
    'film.mp4..',
    'film.mp4%20',
    'film.mp4%2e',
  ],
  ...[
    'FILM.MP4',
    'film.mp4~1',
    'FILM~1.MP4',
    'con',
    'CON.mp4',
    'nul',
    'aux.txt',
    'com1',
    'lpt1.mp4',
    'prn',
    '$MFT',
    'c:/film.mp4',
  ],
  ...[
    'c:film.mp4',
    'C%3A/film.mp4',
    'file:///film.mp4',
    '~/film.mp4',
    '~root',
    '$HOME/film.mp4',
    '%HOME%',
    '`id`',
    '$(id)',
    '|id',
  ],
  // Control characters, and bytes that are no text.
  ...[
    'film.mp4%00',
    'film.mp4%00.txt',
    '%00film.mp4',
    'film%00.mp4',
    'film.mp4%0a',
    'film.mp4%0d%0aSet-Cookie:%20a=b',
    'film.mp4%09',
  ],
  ...[
    'film.mp4%7f',
    'film.mp4%c2%80',
    'film.mp4%ff',
    'film.mp4%c3',
    'film.mp4%c3%28',
    'film.mp4%ed%a0%80',
    '%f4%90%80%80film.mp4',
  ],
  ...[
    'film.mp4%',
    'film.mp4%2',
    'film.mp4%zz',
    '%film.mp4',
    'film.mp4%u0000',
    'film.mp4\u0000',
    'film.mp4\u0001',
    'film.mp4\u007f',
  ],
  ...[
    'film.mp4\tx',
    '\tfilm.mp4',
    'film.mp4\u000b',
    'film.mp4\u00a0',
    '\ufefffilm.mp4',
    'film\u200b.mp4',
    'film.mp4\u0085',
  ],
  // Encoded where nothing needs it, once or twice.
  ...[
    '%66ilm.mp4',
    'film%2emp4',
    'film%2Emp4',
    'fil%6d.mp4',
    'film.mp%34',
    '%2566ilm.mp4',
    'film%252emp4',
    '%25%36%36ilm.mp4',
  ],
  ...[
    'film.mp4;jsessionid=1',
    'film.mp4;',
    ';film.mp4',
    'a;x=1/b/film.mp4',
    'film.mp4,',
    'film.mp4*',
    '*',
    '**',
    'film.*',
    'f?lm.mp4',
  ],
  // Ways back in.
  ...[
    '../stream/film.mp4',
    '../../api/stream/film.mp4',
    'a/../film.mp4',
    'a/b/../../film.mp4',
    './film.mp4',
    'a/./b/film.mp4',
  ],
  ...[
    'none/../film.mp4',
    '../media/film.mp4',
    'a/b/../film.mp4',
    '%2e/film.mp4',
    'a/%2e%2e/film.mp4',
    'a/%2e./film.mp4',
    '',
    '/',
    '.',
    '..',
    '...',
  ],
  // What the system keeps.
  ...[
    '/etc/passwd',
    '//etc/passwd',
    '%2fetc%2fpasswd',
    '/proc/self/environ',
    '../../../../../../proc/self/cmdline',
    'dev/stdin',
  ],
].map((path) => `${ROUTE}/${path}`)

const wholeTargets = [
  ...[
    '/../canary.txt',
    '/canary.txt',
    '//canary.txt',
    '/..%2fcanary.txt',
    '/api/../canary.txt',
    '/api/stream/../../canary.txt',
  ],
  ...[
    '/api//stream/film.mp4',
    '//api/stream/film.mp4',
    '/api/stream//film.mp4',
    '/API/STREAM/film.mp4',
    '/api%2fstream%2ffilm.mp4',
  ],
  ...[
    '/api/./stream/film.mp4',
    '/x/../api/stream/film.mp4',
    '/api/stream;x/film.mp4',
    '/%61pi/stream/film.mp4/',
    '\\api\\stream\\film.mp4',
  ],
  ...[
    'api/stream/film.mp4',
    'film.mp4',
    '*',
    '?',
    '#',
    '/api/stream?film.mp4',
    '/api/stream#film.mp4',
    '/api/stream/%3ffilm.mp4',
  ],
  // In absolute form: the path is what counts, not the host.
  ...[
    'http://localhost/api/stream/../../canary.txt',
    'http://localhost/api/stream/%2e%2e/canary.txt',
    'http://localhost//api/stream/film.mp4',
  ],
  ...[
    'http://localhost/api/stream/.env',
    'http://localhost/api/stream/.env?',
    'HTTP://LOCALHOST/api/stream/..%2fcanary.txt',
    'http://localhost',
  ],
  ...[
    'http:///api/stream/film.mp4',
    'http:/api/stream/.env',
    'http:api/stream/.env',
    'file:///api/stream/film.mp4',
    'ftp://localhost/api/stream/.env',
  ],
  ...[
    'http://localhost\\@x/api/stream/.env',
    'http://x/?/api/stream/film.mp4',
    'http://x#/api/stream/film.mp4',
    'http://[::1/api/stream/.env',
  ],
  ...[
    'http://a@b/api/stream/.env',
    'http://localhost:99999/api/stream/.env',
    'javascript:/api/stream/film.mp4',
    '//localhost/api/stream/film.mp4',
  ],
  // Long ones.
  ...[
    `/api/stream/${'a'.repeat(255)}`,
    `/api/stream/${'a'.repeat(256)}`,
    `/api/stream/${'a'.repeat(8000)}`,
    `/api/stream/${'a/'.repeat(3000)}x`,
  ],
  ...[
    `/api/stream/${'../'.repeat(2000)}canary.txt`,
    `/api/stream/${'%2e%2e/'.repeat(1000)}canary.txt`,
    `/api/stream/${'/'.repeat(5000)}film.mp4`,
  ],
  `/api/stream/${'a/../'.repeat(1500)}film.mp4`,
]

const hosts = [
  ...[
    '',
    ' ',
    'a b',
    'localhost/../..',
    'x/api/stream/film.mp4?',
    'x/api/stream/.env?',
    'x?y',
    'x#y',
    'user@x',
    'x:y',
    ':80',
    '[::1',
  ],
  ...[
    'x\\y',
    'x\ty',
    '..',
    '.',
    '%00',
    '%2f',
    'x%2fapi%2fstream%2ffilm.mp4',
    '１２７.0.0.1',
    'x,y',
    '<x>',
    '"x"',
    '/',
    '//',
    '?',
    '#',
    '@',
  ],
].map((host) => `Host: ${host}\r\n`)

describe('a path that is not canonical, or not to be served', () => {
  it('is counted by the hundred', () => {
    expect(new Set([...climbs, ...tricks, ...wholeTargets]).size).toBeGreaterThan(700)
  })

  it('is a 404 or a 400, however a climb is spelled', async () => {
    await expectRefused(
      server.port,
      climbs.map((target) => request(target)),
      [400, 404],
    )
  }, 60_000)

  it('is a 404 or a 400, whatever else is tried', async () => {
    await expectRefused(
      server.port,
      tricks.map((target) => request(target)),
      [400, 404],
    )
  }, 60_000)

  it('is a 404 or a 400, whatever form the target has', async () => {
    await expectRefused(
      server.port,
      wholeTargets.map((target) => request(target)),
      [400, 404],
    )
  }, 60_000)

  it('is refused where it is longer than any head may be', async () => {
    const long = request(`${ROUTE}/${'../'.repeat(30_000)}canary.txt`)
    await expectRefused(server.port, [long], [400, 404, 414, 431])
  })

  it('is not made another by the Host field', async () => {
    const targets = ['/', '/.env', `${ROUTE}/.env`, `${ROUTE}/../canary.txt`]
    const requests = targets.flatMap((target) => [
      ...hosts.map((host) => request(target, host)),
      request(target, ''),
      request(target, 'Host: a\r\nHost: b\r\n'),
      request(target, 'Host : a\r\n'),
    ])
    await expectRefused(server.port, requests, [400, 404])
  })

  it('is not made another by other fields', async () => {
    const fields = [
      'X-Original-URL',
      'X-Rewrite-URL',
      'X-Forwarded-Prefix',
      'X-Forwarded-Host',
      'Forwarded',
      'Referer',
    ]
    const requests = fields.map((name) =>
      request(`${ROUTE}/none.mp4`, `Host: localhost\r\n${name}: ${ROUTE}/film.mp4\r\n`),
    )
    await expectRefused(server.port, requests, [404])
  })

  it('does no harm: the server says nothing of it, and serves its files', async () => {
    expect(server.stderr).toBe('')
    for (const path of ['film.mp4', 'a/b/film.mp4', 'se%C3%B1as/x.mp4', 'film.mp4?x=/../']) {
      const answer = await say(server.port, request(`${ROUTE}/${path}`))
      expect([statusOf(answer), answer.includes(CANARY)]).toEqual([200, true])
    }
  })
})

describe('behind a guard', () => {
  let guarded: RunningServer
  beforeAll(async () => {
    const app = new Hono()
    app.use(`${ROUTE}/private/*`, ({ text }) => Promise.resolve(text('guarded', 403)))
    app.use(`${ROUTE}/señas/*`, ({ text }) => Promise.resolve(text('guarded', 403)))
    app.route(ROUTE, streamRoutes(fileSource(folder.at('media'))))
    guarded = await serve({ fetch: app.fetch, port: 0 })
  })
  afterAll(() => guarded.stop(0))

  /** Each letter of a word written in other ways, one at a time and all at once. */
  function spellings(word: string): string[] {
    const encode = (letter: string) =>
      encodeURIComponent(letter).replace(/^[^%]$/, (c) => `%${c.charCodeAt(0).toString(16)}`)
    const ways = [
      encode,
      (letter: string) => encode(letter).toLowerCase(),
      (letter: string) => encode(letter).replaceAll('%', '%25'),
    ]
    return ways.flatMap((way) => [
      [...word].map(way).join(''),
      ...[...word].map((letter, at) => [...word.slice(0, at), way(letter), ...word.slice(at + 1)].join('')),
    ])
  }

  const folders = [
    'private',
    'señas',
    'PRIVATE',
    'Private',
    'private;',
    'private;x=1',
    'private.',
    'private%20',
    'private%00',
  ]
  const spelled = [
    ...folders,
    ...spellings('private'),
    ...spellings('señas'),
    'sen\u0303as',
    'sen%CC%83as',
    'se%F1as',
    'se%c3%b1as',
  ]
  const joints = ['/', '//', '/./', '/%2e/', '/x/../', '%2f', '%2F', '%252f', '\\', '%5c', '/;/', '/?/../']
  const before = [
    '',
    '/',
    './',
    'a/../',
    'none/../',
    '%2e/',
    'a/%2e%2e/',
    'a/..%2f',
    '../stream/',
    '\\',
    '%2f',
    ';/',
  ]
  const names = [
    'x.mp4',
    'x%2emp4',
    '%78.mp4',
    'x.mp4/',
    'x.mp4?',
    'x.mp4#',
    'x.mp4?download',
    'x.mp4%00',
    'x.mp4;',
  ]
  const paths = [
    ...spelled.flatMap((name) => joints.map((joint) => `${name}${joint}x.mp4`)),
    ...before.flatMap((prefix) => ['private', 'señas', 'se%C3%B1as'].map((name) => `${prefix}${name}/x.mp4`)),
    ...names.map((name) => `private/${name}`),
  ]

  it('is known by its plain name', async () => {
    for (const path of ['private/x.mp4', 'se%C3%B1as/x.mp4', 'se%c3%b1as/x.mp4']) {
      expect(statusOf(await say(guarded.port, request(`${ROUTE}/${path}`)))).toBe(403)
    }
    expect(statusOf(await say(guarded.port, request(`${ROUTE}/film.mp4`)))).toBe(200)
  })

  it('has no other name that gets past it', async () => {
    const targets = paths.flatMap((path) => [`${ROUTE}/${path}`, `http://localhost${ROUTE}/${path}`])
    expect(targets.length).toBeGreaterThan(500)
    await expectRefused(
      guarded.port,
      targets.map((target) => request(target)),
      [400, 403, 404],
    )
  }, 60_000)

  it('has none by another spelling of the route', async () => {
    const routes = [
      '/api//stream',
      '//api/stream',
      '/api/./stream',
      '/%61pi/stream',
      '/api/strea%6d',
      '/api%2fstream',
      '/API/stream',
      '/api/stream;',
    ]
    const targets = routes.flatMap((route) => [`${route}/private/x.mp4`, `${route}/se%C3%B1as/x.mp4`])
    await expectRefused(
      guarded.port,
      targets.map((target) => request(target)),
      [400, 403, 404],
    )
  })
})

it('a folder that is served by a path of its own is the only one that is', async () => {
  // A root whose name begins like another's, or that is reached over a link, is no way into its neighbours.
  mkdirSync(folder.at('media2'))
  writeFileSync(folder.at('media2/film.mp4'), CANARY)
  await expectRefused(
    server.port,
    ['../media2/film.mp4', '2/film.mp4', '..media2/film.mp4', '%2e%2emedia2/film.mp4'].map((path) =>
      request(`${ROUTE}/${path}`),
    ),
    [400, 404],
  )
})
