import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { makeFolder } from '@rangekit/test-kit/folder'
import { expect, it } from 'vitest'
import { QUIET_ENVIRONMENT, WORKER_ROOT } from '../src/wrangler.ts'

const wrangler = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
)

it('has a small bundle that needs nothing of Node', () => {
  using folder = makeFolder()
  const outdir = folder.at('out')
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
