import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type Defect, startReference, type TestServer } from '../test/support/reference-server.ts'
import { checkBytes } from './origin/content.ts'
import { chaosFaults } from './origin/faults/catalog.ts'
import type { Report } from './report/report.ts'

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url))
let server: TestServer | undefined
afterEach(() => server?.close())

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

const rangeInHead: Defect = (answer, { method, headers: { range } }) => {
  if (method === 'HEAD' && range !== undefined) answer.status = 206
  return undefined
}

describe('rangekit-conformance', () => {
  it('prints a score by section and exits with 0 when no MUST is broken', async () => {
    server = await startReference()
    const { code, stdout } = await run(server.url, '--section', '14.1')
    expect(stdout).toMatch(/9110 §14\.1\.2 Byte ranges +\d+\/\d+ passed/)
    expect(stdout).toMatch(/Total: \d+\/\d+ passed/)
    expect(code).toBe(0)
  })

  it('prints request and response and exits with 1 when a MUST is broken', async () => {
    server = await startReference(rangeInHead)
    const { code, stdout } = await run('--only', 'head-range', server.url)
    expect(stdout).toContain('FAILED head-range (MUST, 9110 §14.2)')
    expect(stdout).toContain('> Range: bytes=0-0')
    expect(stdout).toContain('< HTTP/1.1 206 Partial Content')
    expect(code).toBe(1)
  })

  it('prints JSON', async () => {
    server = await startReference()
    const { stdout } = await run(server.url, '--json', '--only', 'first-byte', '--only', 'last-byte')
    const report: Report = JSON.parse(stdout)
    expect(report.results.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['first-byte', 'pass'],
      ['last-byte', 'pass'],
    ])
  })

  it.each([
    ['no URL', []],
    ['an unknown option', ['http://127.0.0.1/', '--nothing']],
    ['a timeout that is not a number', ['http://127.0.0.1/', '--timeout', 'soon']],
    ['an unknown id', ['http://127.0.0.1/', '--only', 'nothing']],
    ['an argument that is not a URL', ['nothing']],
    ['a port that nothing listens on', ['http://127.0.0.1:1/']],
    ['an unknown fault', ['origin', '--faults', 'cut,nothing']],
  ])('exits with 2 for %s', async (_, args) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).not.toBe('')
  })
})

describe('rangekit-conformance origin', () => {
  it('serves a file with the faults that are named, and prints each of them', async () => {
    const options = ['--size', '100KiB', '--rate', '1', '--faults', 'ignore-range', '--verbose']
    const child = spawn(process.execPath, [CLI, 'origin', ...options])
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    const [line] = await once(child.stdout, 'data')
    const response = await fetch(String(line).trim(), { headers: { Range: 'bytes=0-9' } })
    const body = await response.bytes()
    expect([response.status, body.length, checkBytes(body, 0).wrongAt]).toEqual([200, 102_400, undefined])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(stderr).toBe('1 ignore-range: GET /film.bin bytes=0-9\n')
  })

  it('lists every fault in its help', async () => {
    const { code, stdout } = await run('origin', '--help')
    expect(code).toBe(0)
    for (const { name, text } of chaosFaults) expect(stdout).toContain(`${name.padEnd(16)} ${text}`)
  })
})
