import { once } from 'node:events'
import { readFileSync, renameSync, truncateSync } from 'node:fs'
import { hold } from '@rangekit/test-kit/download'
import { sharedFolder } from '@rangekit/test-kit/fixtures'
import { freePort } from '@rangekit/test-kit/ports'
import { start } from '@rangekit/test-kit/processes'
import { converse, exchange } from '@rangekit/test-kit/raw'
import { environment } from '@rangekit/test-kit/start-server'
import { describe, expect, it } from 'vitest'
import { runtime } from '../support/runtime.ts'
import {
  commandLine,
  isServed,
  refused,
  runCommand,
  startServer,
  type TestServer,
} from '../support/server.ts'

const folder = sharedFolder(({ put, putSparse }) => {
  put('media/a.txt', 'hello')
  putSparse('media/large.bin', 64 * 1024 * 1024)
  put('secret', 'a long random text')
})
const media = () => folder.at('media')

type Entry = Readonly<Record<string, unknown>>
const entriesIn = (text: string): Entry[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

/** Waits until as many lines were written. */
async function expectEntries(read: () => string, count: number): Promise<Entry[]> {
  await expect.poll(() => read().split('\n').length - 1, { interval: 20 }).toBeGreaterThanOrEqual(count)
  return entriesIn(read())
}

const startLogging = (...args: string[]) => startServer(media(), { args })
const stderrOf = (server: TestServer) => () => server.stderr

describe('the log of the command', () => {
  it('is a line of JSON for each request, with what the client said through a trusted proxy', async () => {
    await using server = await startLogging('--log', 'json', '--trust-proxy', 'loopback')
    const forwarded = ['X-Forwarded-For: 192.0.2.7', 'X-Forwarded-Proto: https']
    // Health checks come all day, and nobody wants to read them.
    for (const target of ['/healthz', '/readyz']) await exchange(server.port, `GET ${target}`)
    await exchange(server.port, 'GET /api/stream/a.txt', ['Range: bytes=1-2', ...forwarded])
    await exchange(server.port, 'GET /api/stream/none.txt?a=b%0A', [])
    await exchange(server.port, 'HEAD /', [])
    ;(await hold(server.port, '/api/stream/large.bin')).leave()
    await expectEntries(stderrOf(server), 4)
    await exchange(server.port, 'GET /api/stream/a.txt')
    expect(await server.stop()).toBe(0)
    expect(entriesIn(server.stderr)).toMatchObject([
      {
        event: 'request',
        method: 'GET',
        path: '/api/stream/a.txt',
        protocol: 'HTTP/1.1',
        status: 206,
        range: 'bytes=1-2',
        bytes: 2,
        length: 2,
        outcome: 'complete',
        client: '192.0.2.7',
        secure: true,
      },
      { path: '/api/stream/none.txt', query: 'a=b%0A', status: 404, client: '127.0.0.1' },
      { method: 'HEAD', path: '/', status: 200, bytes: 0, length: 0 },
      { path: '/api/stream/large.bin', status: 200, length: 64 * 1024 * 1024, outcome: 'aborted' },
      // It still waited for others when the server was told to stop.
      { path: '/api/stream/a.txt', status: 200 },
    ])
    expect(server.stdout).toMatch(/^Rangekit is serving .+\n$/)
  })

  it('has a line for what is not HTTP, and one for a fault with its cause, beside what the fault is', async () => {
    await using server = await startLogging('--log', 'json')
    await converse(server.port, 'no HTTP\r\n\r\n')
    const path = folder.putSparse('media/cut.bin', 64 * 1024 * 1024)
    const held = await hold(server.port, '/api/stream/cut.bin')
    truncateSync(path, 1024)
    await held.finish()
    const entries = await expectEntries(stderrOf(server), 3)
    const refusal = entries.find(({ status }) => status === 400)
    expect(refusal).toMatchObject({ event: 'request', outcome: 'complete', client: '127.0.0.1' })
    const failed = entries.find(({ outcome }) => outcome === 'failed')
    expect(failed).toMatchObject({ level: 'error', status: 200, path: '/api/stream/cut.bin' })
    expect(failed?.['cause']).toMatch(/^Error: \S/)
    expect(failed?.['bytes']).toBeLessThan(64 * 1024 * 1024)
    const message = String(entries.find(({ event }) => event === 'message')?.['message'])
    expect(message).toContain(String(failed?.['cause']).slice('Error: '.length))
  })

  it('is text without colour where it is no terminal, and shows no signature', async () => {
    await using server = await startLogging('--log', 'text', '--secret-file', folder.at('secret'))
    const sign = await runCommand([
      'sign',
      'a.txt',
      '--secret-file',
      folder.at('secret'),
      '--expires-in',
      '1h',
      '--base',
      server.origin,
    ])
    const link = new URL(sign.stdout.trim())
    expect((await exchange(server.port, `GET ${link.pathname}${link.search}`)).status).toBe(200)
    await expect.poll(() => server.stderr, { interval: 20 }).toMatch(/\n$/)
    expect(server.stderr).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z 200 GET \/api\/stream\/a\.txt\?\S*signature=redacted 5 B \d+\.\d\d ms 127\.0\.0\.1\n$/,
    )
    expect(server.stderr).not.toContain(link.searchParams.get('signature'))
  })

  it.each(runtime.workers.length > 0 ? ['1', '2'] : ['1'])(
    'goes to a file that may be moved, of %s processes',
    async (workers) => {
      const path = folder.at(`${workers}.log`)
      await using server = await startLogging('--log', 'json', '--log-file', path, '--workers', workers)
      const ask = () => exchange(server.port, 'GET /api/stream/a.txt')
      const read = (name: string) => () => readFileSync(name, 'utf8')
      for (let count = 0; count < 4; count++) await ask()
      expect(await expectEntries(read(path), 4)).toHaveLength(4)
      renameSync(path, `${path}.1`)
      process.kill(server.pid, 'SIGHUP')
      // Opened again with the signal, not with the next line.
      await expect.poll(() => readFileSync(path, { flag: 'a+' }).byteLength).toBe(0)
      for (let count = 0; count < 4; count++) await ask()
      const moved = entriesIn(readFileSync(`${path}.1`, 'utf8')).length - 4
      expect(await expectEntries(read(path), 4 - moved)).toHaveLength(4 - moved)
      expect(await server.stop()).toBe(0)
      expect(server.stderr).toBe('')
    },
  )

  it('is off where there is no terminal, and --quiet prints nothing at all', async () => {
    const port = await freePort()
    const [file, ...args] = commandLine(media(), '--port', String(port), '--quiet')
    const child = start(file, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    for (const pipe of [child.stdout, child.stderr]) {
      pipe?.on('data', (piece) => {
        printed += piece
      })
    }
    await expect.poll(() => isServed(port), { timeout: 30_000 }).toBe(true)
    const closed = once(child, 'close')
    child.kill()
    expect(await closed).toEqual([0, null])
    expect(printed).toBe('')
  })

  it.each([
    [
      'a file that cannot be opened',
      ['--log-file', '/nowhere/a.log'],
      /rangekit: --log-file \/nowhere\/a\.log cannot be opened \(.+\)/,
    ],
    [
      'options that contradict each other',
      ['--quiet', '--log', 'json'],
      /rangekit: --quiet and --log contradict each other; add --log-file, or omit one/,
    ],
  ])('refuses %s', async (_, args, problem) => {
    expect(await runCommand([media(), '--port', '0', ...args])).toMatchObject(refused(problem))
  })
})
