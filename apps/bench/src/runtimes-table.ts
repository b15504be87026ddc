// Runs the conformance checker against our own server on every runtime, and prints the scores as a Markdown table:
// node apps/bench/src/runtimes-table.ts [--write]. `--write` puts it into the repository's README.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judged, type Report, runConformance } from '@rangekit/conformance'
import { RUNTIMES, type RuntimeName } from '@rangekit/test-kit/runtimes'
import { startServer } from '@rangekit/test-kit/start-server'
import { writeSection } from './readme.ts'

const { values } = parseArgs({ options: { write: { type: 'boolean' } } })
const dir = mkdtempSync(join(tmpdir(), 'rangekit-runtimes-'))
writeFileSync(
  join(dir, 'film.mp4'),
  Uint8Array.from({ length: 100_000 }, (_, index) => index * 7),
)
utimesSync(join(dir, 'film.mp4'), new Date('2024-02-29T12:00:00Z'), new Date('2024-02-29T12:00:00Z'))

const rows = ['| runtime | vectors passed | MUST broken | SHOULD broken |', '|---|---|---|---|']
try {
  for (const name of ['node22', 'node', 'node26', 'bun', 'deno', 'workerd'] as const) {
    const { totals } = await judge(name)
    rows.push(
      `| ${versionOf(name)} | ${totals.passed} of ${judged(totals)} | ${totals.failed.MUST} | ${totals.failed.SHOULD} |`,
    )
  }
} finally {
  rmSync(dir, { recursive: true })
}
const table = rows.join('\n')
console.log(table)
if (values.write) await writeSection('runtimes', table)

async function judge(name: RuntimeName): Promise<Report> {
  const server = await startServer(name, dir)
  try {
    // What has just been put into a bucket has validators to judge by after a second.
    await new Promise((resolve) => setTimeout(resolve, 1500))
    return await runConformance(`${server.origin}/api/stream/film.mp4`)
  } finally {
    await server.stop()
  }
}

function versionOf(name: RuntimeName): string {
  const [file] = RUNTIMES[name]
  if (name === 'workerd') {
    const require = createRequire(new URL('../../worker/package.json', import.meta.url))
    return `workerd, in wrangler ${require('wrangler/package.json').version}`
  }
  const [version = ''] = execFileSync(file, ['--version'], { encoding: 'utf8' }).split('\n')
  return name === 'bun'
    ? `Bun ${version}`
    : name === 'deno'
      ? version.replace(/deno (\S+).*/, 'Deno $1')
      : `Node ${version.slice(1)}`
}
