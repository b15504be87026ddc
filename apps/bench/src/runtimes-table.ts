#!/usr/bin/env node
// Runs the conformance checker against Rangekit on every runtime, and prints the scores as a Markdown table:
// node apps/bench/src/runtimes-table.ts [--write]
//   --write   write the table to the repository's README
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { judged, type Report, runConformance } from '@rangekit/conformance'
import { RUNTIMES, type RuntimeName } from '@rangekit/test-kit/runtimes'
import { startServer } from '@rangekit/test-kit/start-server'
import { FILM, makeFilmFolder } from './film.ts'
import { writeSection } from './report/readme.ts'

const ORDER = ['node22', 'node', 'node26', 'bun', 'deno', 'workerd'] as const satisfies readonly RuntimeName[]

const { values } = parseArgs({ options: { write: { type: 'boolean' } } })
using folder = makeFilmFolder()
const rows = ['| runtime | vectors passed | MUST broken | SHOULD broken |', '|---|---|---|---|']
for (const name of ORDER) {
  const { totals } = await check(name)
  const { passed, failed } = totals
  rows.push(`| ${titleOf(name)} | ${passed} of ${judged(totals)} | ${failed.MUST} | ${failed.SHOULD} |`)
}
const table = rows.join('\n')
process.stdout.write(`${table}\n`)
if (values.write) await writeSection('runtimes', table)

async function check(name: RuntimeName): Promise<Report> {
  const server = await startServer(name, folder.path)
  try {
    // In a bucket, Last-Modified is the time of the upload, which is a strong validator after a second.
    await setTimeout(1500)
    return await runConformance(`${server.origin}/api/stream/${FILM}`)
  } finally {
    await server.stop()
  }
}

function titleOf(name: (typeof ORDER)[number]): string {
  switch (name) {
    case 'node':
    case 'node22':
    case 'node26':
      return `Node ${printedLine(name).slice(1)}`
    case 'bun':
      return `Bun ${printedLine(name)}`
    case 'deno':
      return printedLine(name).replace(/deno (\S+).*/, 'Deno $1')
    case 'workerd': {
      const require = createRequire(new URL('../../worker/package.json', import.meta.url))
      return `workerd, in wrangler ${require('wrangler/package.json').version}`
    }
  }
}

/** The first line that a runtime prints about its version. */
function printedLine(name: RuntimeName): string {
  const [line = ''] = execFileSync(RUNTIMES[name][0], ['--version'], { encoding: 'utf8' }).split('\n')
  return line
}
