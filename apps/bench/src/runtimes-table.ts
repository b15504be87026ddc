#!/usr/bin/env node
// Runs the conformance checker against Rangekit on every runtime, and prints the scores as a Markdown table:
// node apps/bench/src/runtimes-table.ts [--write]
//   --write   keep the results in the repository, with docs/conformance.md and the README
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Report, runConformance } from '@rangekit/conformance'
import { RUNTIMES, type RuntimeName } from '@rangekit/test-kit/runtimes'
import { startServer } from '@rangekit/test-kit/start-server'
import { type RuntimesResults, totalCounts } from './conformance-results.ts'
import { FILM, makeFilmFolder } from './film.ts'
import { renderRuntimes } from './report/conformance.ts'
import { keep } from './report/pages.ts'

const ORDER = ['node22', 'node', 'node26', 'bun', 'deno', 'workerd'] as const satisfies readonly RuntimeName[]

const { values } = parseArgs({ options: { write: { type: 'boolean' } } })
using folder = makeFilmFolder()
const runtimes: RuntimesResults['runtimes'][number][] = []
for (const name of ORDER) runtimes.push({ title: titleOf(name), totals: totalCounts(await check(name)) })
process.stdout.write(renderRuntimes({ runtimes }))
if (values.write) await keep('runtimes', { runtimes })

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
