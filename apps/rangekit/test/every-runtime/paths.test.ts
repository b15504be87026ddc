import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { rounds } from '@rangekit/test-kit/rounds'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  climbs,
  GUARDED,
  hosts,
  otherSpellings,
  overSpellings,
  ROUTE,
  spellings,
  tricks,
  wholeTargets,
} from '../support/path-tricks.ts'
import { startScript, startServer, type TestServer } from '../support/server.ts'

// In every file, served or not: a path that is not canonical must not lead to any.
const CANARY = 'chirp-chirp-chirp'

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
  for (const name of [
    'media/film.mp4',
    'media/a/b/film.mp4',
    ...GUARDED.map((name) => `media/${name}/x.mp4`),
  ]) {
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

describe('a path that is not canonical, or not to be served', () => {
  it('is counted by the hundred', () => {
    expect(new Set([...climbs, ...tricks, ...wholeTargets]).size).toBeGreaterThan(700)
  })

  it.each([
    ['however a climb is spelled', climbs],
    ['whatever else is tried', tricks],
    ['whatever form the target has', wholeTargets],
  ])(
    'is a 404 or a 400, %s',
    async (_, targets) => {
      const requests = targets.map((target) => request(target))
      await expectRefused(server.port, requests, [400, 404])
    },
    60_000,
  )

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

  it('is not one that is merely spelled in another way', async () => {
    const answers = await rounds(otherSpellings.length, 20, async (index) => {
      const target = otherSpellings[index] ?? ''
      const answer = await say(server.port, request(target))
      return { target, status: statusOf(answer), heard: answer.includes(CANARY) }
    })
    expect(answers.filter(({ status, heard }) => status !== 200 || !heard)).toEqual([])
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
  let guarded: TestServer
  beforeAll(async () => {
    guarded = await startScript(join(import.meta.dirname, '../support/guarded-server.ts'), folder.at('media'))
  })
  afterAll(async () => {
    await guarded.stop('SIGKILL')
  })

  const folders = [
    'private',
    'señas',
    'PRIVATE',
    'Private',
    '%50rivate',
    '%50%52IVATE',
    'private;',
    'private;x=1',
    'private.',
    'private%20',
    'private%00',
  ]
  const spelled = [
    ...folders,
    ...GUARDED.flatMap((name) => [...spellings(name), ...overSpellings(name)]),
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
    ...before.flatMap((prefix) =>
      ['private', 'señas', 'se%C3%B1as', '%70rivate', 'R%26D', '%7Ehome'].map(
        (name) => `${prefix}${name}/x.mp4`,
      ),
    ),
    ...names.map((name) => `private/${name}`),
  ]

  it('sees its folders under every spelling of their names', async () => {
    const names = GUARDED.flatMap((name) => [encodeURI(name), ...spellings(name)])
    await expectRefused(
      guarded.port,
      names.flatMap((name) => [
        request(`${ROUTE}/${name}/x.mp4`),
        request(`${ROUTE}/${name}/%78%2emp4`),
        request(`/%61pi/strea%6D/${name}/x.mp4`),
        request(`http://localhost${ROUTE}/${name}/x.mp4`),
      ]),
      [403],
    )
    expect(statusOf(await say(guarded.port, request(`${ROUTE}/film.mp4`)))).toBe(200)
    expect(statusOf(await say(guarded.port, request(`${ROUTE}/%66ilm.mp4`)))).toBe(200)
  }, 60_000)

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
