import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { type Defect, startReference, type TestServer } from '../test/support/reference-server.ts'
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
  ])('exits with 2 for %s', async (_, args) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).not.toBe('')
  })
})
