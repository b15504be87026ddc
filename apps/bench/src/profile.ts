#!/usr/bin/env node
// Profiles Rangekit on Node: node apps/bench/src/profile.ts [--work range-1k] [--seconds 5] [--top 25]
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureWorkload } from './measure/measure.ts'
import { workloads } from './measure/workloads.ts'
import { withBench } from './measure/workplace.ts'
import { startServer } from './peers/servers.ts'
import { formatNumber, markdownTable } from './report/markdown.ts'

/** The members of V8's `.cpuprofile` that are used here. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
    }
  }[]
  /** The id of the node at each sample. */
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

const { values } = parseArgs({
  options: {
    work: { type: 'string', default: 'range-1k' },
    seconds: { type: 'string', default: '5' },
    top: { type: 'string', default: '25' },
  },
})

const workload = workloads.find(({ measure }) => measure === values.work)
if (workload === undefined) throw new RangeError(`No such workload: ${values.work}`)
/** Microseconds between samples. */
const INTERVAL = 500
const seconds = Number(values.seconds)
/** Microseconds at the end of the profile that count; start and warm-up come before. */
const measured = seconds * 1e6
await withBench(seconds, async (bench) => {
  const flags = ['--cpu-prof', `--cpu-prof-dir=${bench.scratch}`, `--cpu-prof-interval=${INTERVAL}`]
  const start = (root: string) => startServer('rangekit-node', root, flags)
  process.stdout.write(`${JSON.stringify(await measureWorkload(bench, start, workload))}\n\n`)
  const name = (await readdir(bench.scratch)).find((file) => file.endsWith('.cpuprofile'))
  if (name === undefined) throw new Error('The server wrote no profile')
  const profile: Profile = JSON.parse(await readFile(join(bench.scratch, name), 'utf8'))
  const top = Number(values.top)
  process.stdout.write(selfTimes(profile, 'Function', functionOf, top))
  process.stdout.write(`\n${selfTimes(profile, 'File', fileOf, top)}`)
})

type CallFrame = Profile['nodes'][number]['callFrame']

function selfTimes(
  { nodes, samples, timeDeltas }: Profile,
  title: string,
  placeOf: (frame: CallFrame) => string,
  top: number,
): string {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]))
  const times = new Map<string, number>()
  let busy = 0
  let left = timeDeltas.reduce((sum, time) => sum + time, 0)
  for (const [index, id] of samples.entries()) {
    const place = places.get(id) ?? ''
    const passed = timeDeltas[index] ?? 0
    left -= passed
    // A longer interval was spent waiting for the core.
    const time = Math.min(passed, INTERVAL * 2)
    if (place === '(idle)' || left > measured) continue
    busy += time
    times.set(place, (times.get(place) ?? 0) + time)
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, top)
  return markdownTable([
    [title, 'Self time, % of busy time'],
    ...sorted.map(([place, time]) => [place, formatNumber((time / busy) * 100, 1)]),
  ])
}

function functionOf(frame: CallFrame): string {
  const name = frame.functionName || '(anonymous)'
  return frame.url === '' ? name : `${name} ${fileOf(frame)}:${frame.lineNumber + 1}`
}

/** The file of a function; its name where V8 knows no file, as for system calls. */
function fileOf({ functionName, url }: CallFrame): string {
  return url === '' ? functionName : url.replace(/^.*\/(?:node_modules\/|(?=(?:apps|packages)\/))/, '')
}
