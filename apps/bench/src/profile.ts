#!/usr/bin/env node
// Where Rangekit on Node spends its time: node apps/bench/src/profile.ts [--work range-1k] [--seconds 5] [--top 25]
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureWork } from './measure.ts'
import { markdown, number } from './table.ts'
import { withBench } from './workplace.ts'
import { works } from './works.ts'

/** What is used of V8's `.cpuprofile`. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
    }
  }[]
  /** The node at each sample, and the microseconds before it. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const { values } = parseArgs({
  options: {
    work: { type: 'string', default: 'range-1k' },
    seconds: { type: 'string', default: '5' },
    top: { type: 'string', default: '25' },
  },
})

const work = works.find(({ measure }) => measure === values.work)
if (work === undefined) throw new RangeError(`no such work: ${values.work}`)
/** Microseconds from one sample to the next. */
const interval = 500
const seconds = Number(values.seconds)
/** Microseconds at the end that count; starting and warming up do not. */
const measured = seconds * 1e6
await withBench(seconds, async (bench) => {
  const flags = ['--cpu-prof', `--cpu-prof-dir=${bench.scratch}`, `--cpu-prof-interval=${interval}`]
  process.stdout.write(`${JSON.stringify(await measureWork(bench, 'rangekit-node', work, flags))}\n\n`)
  const name = (await readdir(bench.scratch)).find((file) => file.endsWith('.cpuprofile'))
  if (name === undefined) throw new Error('the server left no profile')
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
    // A longer one was spent waiting for the core.
    const time = Math.min(passed, interval * 2)
    if (place === '(idle)' || left > measured) continue
    busy += time
    times.set(place, (times.get(place) ?? 0) + time)
  }
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, top)
  return markdown([
    [title, 'Self time, % of busy time'],
    ...sorted.map(([place, time]) => [place, number((time / busy) * 100, 1)]),
  ])
}

function functionOf(frame: CallFrame): string {
  const name = frame.functionName || '(anonymous)'
  return frame.url === '' ? name : `${name} ${fileOf(frame)}:${frame.lineNumber + 1}`
}

/** Of what V8 gives no file for, such as system calls, the name. */
function fileOf({ functionName, url }: CallFrame): string {
  return url === '' ? functionName : url.replace(/^.*\/(?:node_modules\/|(?=(?:apps|packages)\/))/, '')
}
