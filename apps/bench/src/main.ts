#!/usr/bin/env node
// Measures every server on loopback, one after the other, and prints tables: node apps/bench/src/main.ts
//   --rounds N      how often each is measured (default 3)
//   --seconds N     length of a run (default 3)
//   --only A,B      only these workloads, such as range-1k, multipart or memory
//   --servers A,B   only these servers
//   --targets       also print the figures that Rangekit is to reach
//   --cpu           also print processor time for each response
//   --from FILE     measure nothing, and use the results in this file
//   --save FILE     write the results to this file
//   --write         keep the results in the repository, with the chart, docs/speed.md and the README's digest
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { jobs, parseCount, parseNames, runBench } from './measure/run.ts'
import { describe, serverIds, startServer } from './peers/servers.ts'
import { keep, staleSections } from './report/pages.ts'
import { renderCpu, renderTables } from './report/tables.ts'
import { renderTargets } from './report/targets.ts'
import type { Results } from './results.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    servers: { type: 'string' },
    targets: { type: 'boolean', default: false },
    cpu: { type: 'boolean', default: false },
    from: { type: 'string' },
    save: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})

if (values.write) {
  // Ratios compare figures of one run, so a partial run must not replace a whole one.
  if (values.only !== undefined || values.servers !== undefined)
    throw new RangeError('--write needs a whole run, without --only and --servers')
  // Faults of the pages show before the long run.
  await staleSections()
}
const results: Results =
  values.from === undefined ? await measure() : JSON.parse(await readFile(values.from, 'utf8'))
const tables = renderTables(results)
process.stdout.write(tables)
if (values.targets) process.stdout.write(`\n${renderTargets(results)}`)
if (values.cpu) process.stdout.write(`\n${renderCpu(results)}`)
if (values.save !== undefined) await writeFile(values.save, toJson(results))
if (values.write) await keep('speed', results)

function measure(): Promise<Results> {
  const contenders = parseNames(values.servers, serverIds).map((id) => {
    return { id, ...describe(id), start: (root: string) => startServer(id, root) }
  })
  return runBench(contenders, {
    jobs: parseNames(values.only, jobs),
    rounds: parseCount('rounds', values.rounds),
    seconds: parseCount('seconds', values.seconds),
  })
}

function toJson(data: Results): string {
  return `${JSON.stringify(data, null, 2)}\n`
}
