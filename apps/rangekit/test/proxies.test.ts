import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { hold } from '@rangekit/test-kit/download'
import { shared, sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { exchange } from '@rangekit/test-kit/raw'
import { rounds } from '@rangekit/test-kit/rounds'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { ask, askFor, LENGTH, VERSIONS, versionOf } from './support/proxies/answers.ts'
import { checkingHaproxy, PROXIES } from './support/proxies/kinds.ts'
import { startProxy } from './support/proxies/start-proxy.ts'
import { startServer } from './support/server.ts'

const folder = sharedFolder()
const server = sharedServer(() => startServer(folder.path))

const RANGES = [
  ['the first byte', '0-0', '206 old 0-0'],
  ['the middle', '1048570-3145740', '206 old 1048570-3145740'],
  ['the last byte', `${LENGTH - 1}-`, `206 old ${LENGTH - 1}-${LENGTH - 1}`],
  ['the end', '-500', `206 old ${LENGTH - 500}-${LENGTH - 1}`],
  ['beyond the end', `${LENGTH}-`, '416'],
  ['several ranges', '0-9,1048570-1048585,-10', `206 old 0-9,1048570-1048585,${LENGTH - 10}-${LENGTH - 1}`],
] as const

/** Spellings of one path that proxies might normalize. */
const SPELLINGS = [
  'folder/one%20name+.txt',
  'folder/one%20name%2B.txt',
  'folder/one%20name%2b.txt',
  'folder/one%20n%61me+.txt',
  'folder%2Fone%20name+.txt',
  'folder%2fone%20name+.txt',
  'folder%5Cone%20name+.txt',
]

/** Ranges that together are the file, with other boundaries than the slices of nginx. */
const PIECES = Array.from({ length: 9 }, (_, index) => {
  const firstPos = index * 1_000_000
  return `${firstPos}-${Math.min(firstPos + 1_000_000, LENGTH) - 1}`
})

/** When a new file is requested, in milliseconds after it was written. */
const AGES = [0, 100, 1200, 3000]

/** What is then requested, by the index of the age: ranges, or the empty string for the whole file. */
const DOWNLOADS = {
  whole: () => [''],
  'by ranges': () => PIECES,
  'bit by bit': (step: number) => (step === 3 ? [''] : PIECES.slice(3 * step, 3 * step + 3)),
} as const satisfies Readonly<Record<string, (step: number) => readonly string[]>>

/** Downloads the old version. Returns what went wrong. */
async function mistakesOf(port: number, name: string, ranges: readonly string[]): Promise<string[]> {
  const outcomes = await rounds(ranges.length, 3, async (index) => {
    const range = ranges[index] ?? ''
    const { outcome } = await (range === '' ? ask(port, name) : askFor(range, port, name))
    // Any request may be answered with the whole file.
    return outcome === '200 old' || outcome === `206 old ${range}` ? [] : [`${range || 'all'} is ${outcome}`]
  })
  return outcomes.flat()
}

for (const kind of PROXIES) {
  const command = findTool(kind.command, kind.debianPackage)

  describe.skipIf(command === undefined)(`behind ${kind.title}`, () => {
    const proxy = shared(
      () => startProxy(kind, command ?? '', server.port),
      (running) => running[Symbol.asyncDispose](),
    )

    const nameOf = (role: string) => `${role}-${PROXIES.indexOf(kind)}.bin`

    // Much of it is waiting.
    it.concurrent('a file is correct in every byte from the moment it exists', async () => {
      const mistakes: string[] = []
      const watch = async (first: number, form: keyof typeof DOWNLOADS) => {
        const name = nameOf(`new-${first}-${form.replaceAll(' ', '-')}`)
        folder.put(name, VERSIONS.old)
        await sleep(0)
        // New from now on, since writing takes a while. Never a whole second, which could be the time of a file system
        // that keeps no more than seconds: the server would wait longer.
        const now = (Date.now() + 0.5) / 1000
        utimesSync(folder.at(name), now, now)
        const since = performance.now()
        for (const [step, age] of AGES.entries()) {
          const due = Math.max(first, age)
          await sleep(Math.max(0, since + due - performance.now()))
          const found = await mistakesOf(proxy.port, name, DOWNLOADS[form](step))
          mistakes.push(...found.map((mistake) => `${form} from ${first} ms, at ${due} ms: ${mistake}`))
        }
        const [direct, proxied] = await Promise.all(
          [server, proxy].map(({ port }) => askFor('0-0', port, name)),
        )
        if (direct?.tag !== proxied?.tag)
          mistakes.push(`${form} from ${first} ms: the tag is ${proxied?.tag}`)
      }
      /** Milliseconds from the file to the first request for it. */
      const FIRST = [0, 30]
      const forms = ['whole', 'by ranges', 'bit by bit'] as const
      await Promise.all(FIRST.flatMap((first) => forms.map((form) => watch(first, form))))
      expect(mistakes, proxy.log).toEqual([])
    })

    it.concurrent('no response mixes a file with another of the same length that replaces it', async () => {
      const [parts, held] = [nameOf('parts'), nameOf('held')]
      for (const name of [parts, held]) folder.put(name, VERSIONS.old)
      const { tag: oldTag } = await ask(server.port, parts)
      // The cache has parts of one file, and the other is being downloaded.
      for (const range of ['0-9', '4000000-5000000', '8000000-']) {
        expect((await askFor(range, proxy.port, parts)).outcome).toMatch(/ old\b/)
      }
      const download = await hold(proxy.port, `/api/stream/${held}`)
      for (const name of [parts, held]) {
        writeFileSync(folder.at('next'), VERSIONS.new)
        renameSync(folder.at('next'), folder.at(name))
      }
      // The server may take up to a second to notice.
      await sleep(1200)

      const answers = [await ask(proxy.port, parts)]
      for (const range of ['0-9', '3000000-4500000', '7000000-', '0-']) {
        answers.push(await askFor(range, proxy.port, parts))
        answers.push(await askFor(range, proxy.port, parts, `If-Range: ${oldTag}`))
      }
      // Each is the version that its tag names, or ends early.
      for (const { outcome, tag } of answers) {
        expect(outcome, proxy.log).toMatch(
          tag === oldTag ? /^(?:200|206|cut) old/ : /^(?:200|206|cut) new|^cut$/,
        )
      }

      const pieces: Buffer[] = []
      await download.finish((piece) => pieces.push(piece))
      expect(versionOf(Buffer.concat(pieces), 0)).toBe('old')
    })

    it.concurrent('ranges get the same responses as without it', async () => {
      const name = nameOf('ranges')
      folder.put(name, VERSIONS.old)
      for (const cache of ['empty', 'full']) {
        for (const [what, range, expected] of RANGES) {
          const own = kind.answers?.[what] ?? kind.answers?.['every range'] ?? expected
          const { outcome } = await askFor(range, proxy.port, name)
          expect([expected, own], `${what}, cache ${cache}`).toContain(outcome)
        }
        expect((await ask(proxy.port, name)).outcome).toBe('200 old')
      }
      expect(await ask(proxy.port, name)).toMatchObject({ outcome: '200 old', fromCache: kind.caches })
    })

    it.concurrent('a file whose tag the client knows is not sent again', async () => {
      const name = nameOf('tagged')
      folder.put(name, VERSIONS.old)
      const { tag } = await ask(server.port, name)
      for (const cache of ['empty', 'full']) {
        expect((await ask(proxy.port, name, `If-None-Match: ${tag}`)).outcome, cache).toBe('304')
        expect((await ask(proxy.port, name, 'If-None-Match: "other"')).outcome, cache).toBe('200 old')
      }
    })

    it.concurrent('every spelling of a path gets the same status as without it', async () => {
      folder.put('folder/one name+.txt', 'one')
      for (const path of SPELLINGS) {
        const [direct, proxied] = await Promise.all(
          [server, proxy].map(({ port }) => exchange(port, `GET /api/stream/${path}`)),
        )
        expect(proxied?.status, path).toBe(direct?.status)
      }
    })
  })
}

const haproxy = findTool('haproxy', 'haproxy')

describe.skipIf(haproxy === undefined)('a load balancer', () => {
  it.each(['option httpchk', 'option httpchk GET /readyz'])(
    'keeps the server in use when it checks with `%s`',
    async (check) => {
      await using balancer = await startProxy(checkingHaproxy(check), haproxy ?? '', server.port)
      await sleep(500)
      expect((await exchange(balancer.port, 'GET /readyz')).status).toBe(200)
      expect(balancer.log).not.toContain('DOWN')
    },
    20_000,
  )
})

it('leaves nothing on the stderr of the server', () => {
  expect(server.stderr).toBe('')
})
