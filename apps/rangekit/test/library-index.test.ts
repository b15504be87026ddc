import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sameBytes } from '@rangekit/test-kit/bytes'
import { sharedFolder, sharedServer } from '@rangekit/test-kit/fixtures'
import { LONG_AGO } from '@rangekit/test-kit/folder'
import { run } from '@rangekit/test-kit/processes'
import { exchange, field } from '@rangekit/test-kit/raw'
import { findTool } from '@rangekit/test-kit/tools'
import { describe, expect, it } from 'vitest'
import { NOT_FOUND, startServer } from './support/server.ts'

const lftp = findTool('lftp', 'lftp') ?? ''
const rclone = findTool('rclone', 'rclone') ?? ''

const NAMES = [
  'film.mp4',
  'film one.mp4',
  'film.en.vtt',
  `#?%&"<>'.mp4`,
  'ñandú 漢字 😀.mp4',
  '&amp;.txt',
  '%41.txt',
  'index.html',
  'album-cover',
  'back`tick|pipe^{}[];=,+@$!(i)*.txt',
  '-dash',
  '\u202ertl',
  'x'.repeat(251),
]
const folder = sharedFolder(({ put }) => {
  for (const name of NAMES) {
    put(name, `${name}, in the root`)
    put(`sub folder/a:b & #?/${name}`, `${name}, deep`)
  }
  put('.hidden/secret.mp4', '')
  put('empty/.keep', '')
})
const target = sharedFolder()
const server = sharedServer(() => startServer(folder.path, { args: ['--index'] }))
const plain = sharedServer(() => startServer(folder.path))
const secrets = sharedFolder(({ put }) => put('secrets', 'a secret of enough length\n'))
const signed = sharedServer(() =>
  startServer(folder.path, { args: ['--index', '--secret-file', secrets.at('secrets')] }),
)

/** The visible files below a folder, with their content. */
function filesIn(root: string): Map<string, Buffer> {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((path) => !/(?:^|\/)\./.test(path))
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path))]))
}

function expectMirrored(copy: string): void {
  const [there, here] = [filesIn(copy), filesIn(folder.path)]
  expect([...there.keys()]).toEqual([...here.keys()])
  for (const [path, bytes] of here) expect(sameBytes(there.get(path) ?? Buffer.of(), bytes)).toBe(true)
}

describe('the index of a folder', () => {
  it('has links, dates and sizes, and everything escaped', async () => {
    const { status, body, headers } = await exchange(server.port, 'GET /api/stream/')
    const text = body.toString()
    expect(status).toBe(200)
    expect(text).toMatch(/<a href="film.mp4">film.mp4<\/a> {43}06-May-2024 07:08 {18}21\n/)
    expect(text).toContain('<a href="sub%20folder/">sub folder/</a>')
    expect(text).toContain('<a href="%23%3F%25%26%22%3C%3E%27.mp4">#?%&amp;&quot;&lt;&gt;&#39;.mp4</a>')
    expect(text).not.toMatch(/hidden|keep|\.\.\//)
    const fields = Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]))
    expect(fields).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'/),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
      'content-length': String(body.byteLength),
    })
    const head = await exchange(server.port, 'HEAD /api/stream/')
    expect([head.status, field(head, 'content-length'), head.body.length]).toEqual([
      200,
      String(body.byteLength),
      0,
    ])
    const again = await exchange(server.port, 'GET /api/stream/', [`If-None-Match: ${fields['etag']}`])
    expect(again.status).toBe(304)
  })

  it('is that of a sub-folder with a slash, which is redirected to without one', async () => {
    const deep = await exchange(server.port, 'GET /api/stream/sub%20folder/a%3Ab%20%26%20%23%3F/')
    expect(deep.body.toString()).toContain('<a href="../">../</a>')
    for (const [path, location] of [
      ['/api/stream', './stream/'],
      ['/api/stream/sub%20folder', './sub%20folder/'],
      ['/api/stream/sub%20folder/a%3Ab%20%26%20%23%3F', './a%3Ab%20%26%20%23%3F/'],
      // What is before a colon would be the scheme of a URL, if it were not for the dot.
      ['/api/stream/sub%20folder/a:b%20%26%20%23%3F', './a:b%20%26%20%23%3F/'],
    ]) {
      for (const method of ['GET', 'HEAD']) {
        const { status, headers } = await exchange(server.port, `${method} ${path}`)
        const found = headers.find(({ name }) => name.toLowerCase() === 'location')?.value
        expect([status, found]).toEqual([301, location])
      }
    }
  })

  it.each(['none/', 'none', 'film.mp4/', '.hidden/', '.hidden', 'sub%20folder//', '..%2f', '%2e%2e/'])(
    'does not exist at %s',
    async (path) => {
      const response = await exchange(server.port, `GET /api/stream/${path}`)
      expect([response.status, response.body.toString()]).toEqual([404, NOT_FOUND])
    },
  )

  it('leaves files as they are, and other methods', async () => {
    const whole = await exchange(server.port, 'GET /api/stream/film.mp4', ['Range: bytes=0-3'])
    expect([whole.status, whole.body.toString()]).toEqual([206, 'film'])
    expect((await exchange(server.port, 'POST /api/stream/film.mp4')).status).toBe(405)
  })

  it('is not there without the option, and forbidden where links are signed', async () => {
    for (const path of ['', '/', '/empty', '/empty/']) {
      expect((await exchange(plain.port, `GET /api/stream${path}`)).status).toBe(404)
    }
    for (const path of ['/', '/empty', '/empty/', '/film.mp4']) {
      expect((await exchange(signed.port, `GET /api/stream${path}`)).status).toBe(403)
    }
  })
})

describe.skipIf(lftp === '')('lftp', () => {
  it('mirrors the folder, byte for byte, with dates, and has nothing to do the second time', async () => {
    const copy = target.at('lftp')
    const mirror = (...options: string[]) =>
      run(lftp, ['-c', `mirror ${options.join(' ')} ${server.origin}/api/stream/ ${copy}`])
    expect(await mirror()).toMatchObject({ code: 0, stderr: '' })
    expectMirrored(copy)
    expect(Math.abs(statSync(join(copy, 'film.mp4')).mtimeMs - LONG_AGO.getTime())).toBeLessThan(60_000)
    expect(await mirror('--verbose')).toEqual({ code: 0, stderr: '', stdout: '' })
  }, 60_000)
})

describe.skipIf(rclone === '')('rclone', () => {
  it('copies the folder, byte for byte, and finds no difference', async () => {
    const copy = target.at('rclone')
    const from = ['--config', '', '--http-url', `${server.origin}/api/stream/`, ':http:', copy]
    expect(await run(rclone, ['copy', ...from])).toMatchObject({ code: 0 })
    expectMirrored(copy)
    expect(Math.abs(statSync(join(copy, 'film.mp4')).mtimeMs - LONG_AGO.getTime())).toBeLessThan(1000)
    const check = await run(rclone, ['check', '--download', ...from])
    expect(check.stderr).toMatch(/: 0 differences found/)
  }, 60_000)
})
