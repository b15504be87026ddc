import { mkdirSync, writeFileSync } from 'node:fs'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { converse } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { words } from '@rangekit/test-kit/words'
import { describe, expect, it } from 'vitest'
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
import { startScript, startServer } from '../support/server.ts'

/** The content of every file, served or not: a path that is not canonical must not lead to any. */
const CANARY = 'chirp-chirp-chirp'

const folder = sharedFolder(({ put }) => {
  const hidden = words('canary.txt .env media/.env media/.git/config media/a/.hidden/canary.txt')
  const served = [...words('film.mp4 a/b/film.mp4'), ...GUARDED.map((name) => `${name}/x.mp4`)]
  for (const name of [...hidden, ...served.map((name) => `media/${name}`)]) put(name, CANARY)
})
// Under any name, so that it is the path that decides.
const server = sharedServer(() => startServer(folder.at('media'), { args: ['--allow-host', '*'] }))

/** Sends a text byte for byte, and returns everything that comes until the server closes the connection. */
const say = async (port: number, text: string) => (await converse(port, text, 10_000)).toString('latin1')

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])
}

function request(target: string, fields = 'Host: localhost\r\n'): string {
  return `GET ${target} HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`
}

/**
 * Expects each request to be refused with one of the allowed statuses, or answered with the library page, and no answer
 * to contain the canary.
 */
async function expectRefused(
  port: number,
  requests: readonly string[],
  allowed: readonly number[],
): Promise<void> {
  const answers = await rounds(requests.length, 20, async (index) => {
    const text = requests[index] ?? ''
    const answer = await say(port, text)
    const isLibrary = answer.includes('<title>Rangekit</title>')
    const status = isLibrary ? ('library' as const) : statusOf(answer)
    return { text: text.slice(0, 300), status, leaks: answer.includes(CANARY) }
  })
  const isFine = (status: number | 'library') => status === 'library' || allowed.includes(status)
  expect(answers.filter(({ status, leaks }) => leaks || !isFine(status))).toEqual([])
}

describe('a path that is not canonical or not served', () => {
  it('is tried in more than 700 forms', () => {
    expect(new Set([...climbs, ...tricks, ...wholeTargets]).size).toBeGreaterThan(700)
  })

  it.each([
    ['every spelling of a climb out of the folder', climbs],
    ['every other trick', tricks],
    ['every form of the target', wholeTargets],
  ])(
    'is a 404 or a 400: %s',
    async (_, targets) => {
      const requests = targets.map((target) => request(target))
      await expectRefused(server.port, requests, [400, 404])
    },
    60_000,
  )

  it('is refused when it is longer than a head may be', async () => {
    const long = request(`${ROUTE}/${'../'.repeat(30_000)}canary.txt`)
    await expectRefused(server.port, [long], [400, 404, 414, 431])
  })

  it('is not changed by the Host field', async () => {
    const targets = ['/', '/.env', `${ROUTE}/.env`, `${ROUTE}/../canary.txt`]
    const requests = targets.flatMap((target) => [
      ...hosts.map((host) => request(target, host)),
      request(target, ''),
      request(target, 'Host: a\r\nHost: b\r\n'),
      request(target, 'Host : a\r\n'),
    ])
    await expectRefused(server.port, requests, [400, 404])
  })

  it('is not changed by other fields', async () => {
    const fields = words('X-Original-URL X-Rewrite-URL X-Forwarded-Prefix X-Forwarded-Host Forwarded Referer')
    const requests = fields.map((name) =>
      request(`${ROUTE}/none.mp4`, `Host: localhost\r\n${name}: ${ROUTE}/film.mp4\r\n`),
    )
    await expectRefused(server.port, requests, [404])
  })

  it('is not a canonical path in another spelling, which is served', async () => {
    const answers = await rounds(otherSpellings.length, 20, async (index) => {
      const target = otherSpellings[index] ?? ''
      const answer = await say(server.port, request(target))
      return { target, status: statusOf(answer), leaks: answer.includes(CANARY) }
    })
    expect(answers.filter(({ status, leaks }) => status !== 200 || !leaks)).toEqual([])
  })

  it('leaves no trace: nothing is logged, and files are served as before', async () => {
    expect(server.stderr).toBe('')
    for (const path of ['film.mp4', 'a/b/film.mp4', 'se%C3%B1as/x.mp4', 'film.mp4?x=/../']) {
      const answer = await say(server.port, request(`${ROUTE}/${path}`))
      expect([statusOf(answer), answer.includes(CANARY)]).toEqual([200, true])
    }
  })
})

describe('a folder behind a guard', () => {
  const guarded = shared(
    () => startScript('guarded-server.ts', folder.at('media')),
    (server) => server.stop('SIGKILL'),
  )

  const spelled = [
    ...words('private señas PRIVATE Private %50rivate %50%52IVATE'),
    ...words('private; private;x=1 private. private%20 private%00'),
    ...GUARDED.flatMap((name) => [...spellings(name), ...overSpellings(name)]),
    ...words('sen\u0303as sen%CC%83as se%F1as se%c3%b1as'),
  ]
  const joints = words('/ // /./ /%2e/ /x/../ %2f %2F %252f \\ %5c /;/ /?/../')
  const before = ['', ...words('/ ./ a/../ none/../ %2e/ a/%2e%2e/ a/..%2f ../stream/ \\ %2f ;/')]
  const names = words('x.mp4 x%2emp4 %78.mp4 x.mp4/ x.mp4? x.mp4# x.mp4?download x.mp4%00 x.mp4;')
  const paths = [
    ...spelled.flatMap((name) => joints.map((joint) => `${name}${joint}x.mp4`)),
    ...before.flatMap((prefix) =>
      words('private señas se%C3%B1as %70rivate R%26D %7Ehome').map((name) => `${prefix}${name}/x.mp4`),
    ),
    ...names.map((name) => `private/${name}`),
  ]

  it('is refused by the guard under every spelling of its name', async () => {
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

  it('has no other name that gets past the guard', async () => {
    const targets = paths.flatMap((path) => [`${ROUTE}/${path}`, `http://localhost${ROUTE}/${path}`])
    expect(targets.length).toBeGreaterThan(500)
    await expectRefused(
      guarded.port,
      targets.map((target) => request(target)),
      [400, 403, 404],
    )
  }, 60_000)

  it('is not reached by another spelling of the route', async () => {
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

it('does not serve a folder whose name begins like that of the served one', async () => {
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
