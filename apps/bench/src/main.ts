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
import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { type Bench, measureMemory, measureWorkload, type Outcomes } from './measure/measure.ts'
import { workloads } from './measure/workloads.ts'
import { machine, withBench } from './measure/workplace.ts'
import { describe, type ServerId, serverIds } from './peers/servers.ts'
import { keep, staleSections } from './report/pages.ts'
import { renderCpu, renderTables } from './report/tables.ts'
import { renderTargets } from './report/targets.ts'
import type { MeasureName, Outcome, Results } from './results.ts'

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

async function measure(): Promise<Results> {
  const rounds = count('rounds', values.rounds)
  const seconds = count('seconds', values.seconds)
  const jobs = choose(values.only, [...workloads.map(({ measure }) => measure), 'memory'])
  const described = choose(values.servers, serverIds).map((id) => ({ id, ...describe(id) }))
  const present = described.filter(({ version }) => version !== undefined).map(({ id }) => id)
  const outcomes = new Map<ServerId, Partial<Record<MeasureName, Outcome[]>>>()
  await withBench(seconds, async (bench) => {
    for (let round = 0; round < rounds; round++) {
      for (const job of jobs) {
        // Every round starts with another server.
        for (const id of [...present.slice(round), ...present.slice(0, round)]) {
          const found = await measureOne(bench, id, job)
          progress(`${round + 1}/${rounds} ${job} ${id} ${JSON.stringify(found)}`)
          const known = outcomes.get(id) ?? {}
          outcomes.set(id, known)
          for (const [name, outcome] of Object.entries(found) as [MeasureName, Outcome][]) {
            known[name] = [...(known[name] ?? []), outcome]
          }
        }
      }
    }
  })
  return {
    date: new Date().toISOString(),
    machine: machine(),
    client: `wrk ${/wrk \S+/.exec(versionOfWrk())?.[0].slice(4) ?? 'unknown'}, one thread`,
    rounds,
    seconds,
    servers: described.map(({ id, title, setup, version = 'not installed' }) => {
      return { id, title, version, setup, outcomes: outcomes.get(id) ?? {} }
    }),
  }
}

async function measureOne(bench: Bench, id: ServerId, job: MeasureName | 'memory'): Promise<Outcomes> {
  const workload = workloads.find(({ measure }) => measure === job)
  try {
    return workload === undefined
      ? await measureMemory(bench, id)
      : await measureWorkload(bench, id, workload)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { [workload?.measure ?? 'stalled']: { kind: 'failed', reason } }
  }
}

function choose<Name extends string>(text: string | undefined, names: readonly Name[]): readonly Name[] {
  if (text === undefined) return names
  const wanted = text.split(',')
  const unknown = wanted.find((name) => !names.some((known) => known === name))
  if (unknown !== undefined) throw new RangeError(`Unknown name ${unknown}; expected ${names.join(', ')}`)
  return names.filter((name) => wanted.includes(name))
}

function count(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new RangeError(`--${name} must be a whole number from 1 up, not ${text}`)
  return number
}

function versionOfWrk(): string {
  // wrk prints its version with its usage, and fails.
  return execFileSync('/bin/sh', ['-c', 'wrk -v 2>&1 || true'], { encoding: 'utf8' })
}

function toJson(data: Results): string {
  return `${JSON.stringify(data, null, 2)}\n`
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}
