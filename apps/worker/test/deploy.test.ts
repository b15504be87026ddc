import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { QUIET_ENVIRONMENT, WORKER_ROOT } from '../src/wrangler.ts'
import { temporaryFolder } from './support/worker.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  folder = await temporaryFolder()
})

afterAll(() => folder.remove())

const wrangler = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
)

it('is bundled for deployment, small and without anything of Node', () => {
  const outdir = join(folder.path, 'out')
  const output = execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', outdir], {
    cwd: WORKER_ROOT,
    env: { ...process.env, ...QUIET_ENVIRONMENT },
    encoding: 'utf8',
  })
  expect(output).toContain('env.MEDIA (rangekit-media)')

  const bundle = readFileSync(join(outdir, 'index.js'))
  const compressed = gzipSync(bundle).byteLength
  console.log(`The Worker's bundle: ${kibibytes(bundle.byteLength)}, ${kibibytes(compressed)} compressed`)
  expect(bundle.toString()).not.toMatch(/from ["']node:|require\(["']/)
  expect(compressed).toBeLessThan(100 * 1024)
}, 60_000)

function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}
