#!/usr/bin/env node
// Proves the examples of all frameworks, and measures Rangekit through them beside what each framework has of its own:
// node apps/bench/src/frameworks.ts [options]
//   --judge         judge only (the default is to judge and to measure)
//   --speed         measure only
//   --only NAMES    examples, such as express,fastify
//   --rounds N      of the measurements, 3 by default
//   --seconds N     of each measurement, 3 by default
//   --details       print what was seen of everything that is wrong
//   --write         keep the results in the repository, with docs/frameworks.md
import { parseArgs } from 'node:util'
import { frameworks, versionOf } from './frameworks/catalog.ts'
import { exampleNames } from './frameworks/example.ts'
import type { Finding } from './frameworks/judge/ground.ts'
import { judgeExample } from './frameworks/judge.ts'
import { type FindingsBy, type JudgeName, judgeNames } from './frameworks/judge-name.ts'
import type { JudgedFramework } from './frameworks/results.ts'
import { measureSpeed } from './frameworks/speed.ts'
import { openWorkshop } from './frameworks/workshop.ts'
import { parseCount, parseNames } from './measure/run.ts'
import { renderFrameworkSpeed, renderFrameworks } from './report/frameworks.ts'
import { keep, readKept } from './report/pages.ts'

const { values } = parseArgs({
  options: {
    judge: { type: 'boolean', default: false },
    speed: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    details: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
})
const both = values.judge === values.speed
const judges = both || values.judge
const measures = both || values.speed
const kept = (await readKept()).frameworks
// Ratios compare figures of one run, so a run of fewer servers must not replace one of more.
if (values.write && measures && values.only !== undefined && kept.speed !== null)
  throw new RangeError('--write needs a whole run of the measurements, without --only')
const rounds = parseCount('rounds', values.rounds)
const seconds = parseCount('seconds', values.seconds)
const order = Object.keys(frameworks)
const names = parseNames(
  values.only,
  order.filter((name) => exampleNames().includes(name)),
)

using workshop = await openWorkshop(names)
let { judged, speed } = kept
if (judges) {
  const fresh: JudgedFramework[] = []
  for (const name of names) fresh.push(await judge(name))
  process.stdout.write(renderFrameworks(fresh))
  const others = judged.filter(({ id }) => !names.includes(id))
  judged = [...fresh, ...others].toSorted((a, b) => order.indexOf(a.id) - order.indexOf(b.id))
}
if (measures) {
  speed = await measureSpeed(workshop, names, { rounds, seconds })
  process.stdout.write(`\n${renderFrameworkSpeed(speed)}`)
}
if (values.write) await keep('frameworks', { judged, speed })

async function judge(id: string): Promise<JudgedFramework> {
  const { findings, totals, growth } = await judgeExample(workshop, id)
  for (const name of judgeNames) {
    for (const { what, detail } of findings[name] ?? []) {
      process.stderr.write(`${id}: ${name}: ${what}${values.details ? `: ${detail}\n` : ''}\n`)
    }
  }
  const { title = id } = frameworks[id] ?? {}
  return { id, title, version: versionOf(id), totals, growth, findings: namesOf(findings) }
}

function namesOf(findings: FindingsBy<Finding>): FindingsBy<string> {
  const names = (name: JudgeName) => findings[name]?.map(({ what }) => what) ?? null
  return {
    conformance: names('conformance'),
    framing: names('framing'),
    compression: names('compression'),
    memory: names('memory'),
    truncation: names('truncation'),
    aborts: names('aborts'),
  }
}
