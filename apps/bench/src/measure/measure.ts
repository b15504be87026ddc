import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLIENT_CORE, SERVER_CORE } from '../peers/servers.ts'
import type { MeasureName, Outcome } from '../results.ts'
import { measureReaders, processTree, residentMemory } from './memory.ts'
import { prepare, type TestFile } from './prepare.ts'
import { cpuSeconds, watchCores } from './processor.ts'
import { FILE_LENGTH, type Workload, workloads } from './workloads.ts'
import { outcomeOf, runWrk } from './wrk.ts'

/** A prepared benchmark. */
export interface Bench {
  /** The folder that is served, with the test file in it. */
  readonly root: string
  /** A folder for wrk's header lines. */
  readonly scratch: string
  readonly file: TestFile
  /** Length of a measured run. */
  readonly seconds: number
  /** Called with what makes a figure doubtful. */
  readonly warn: (text: string) => void
}

/** A server on its core. */
export interface Measured extends AsyncDisposable {
  /** URL of the folder of files, with a slash at the end. */
  readonly url: string
  readonly pid: number
}

export type Outcomes = Partial<Record<MeasureName, Outcome>>

/** The test file in the folder that is served. */
export const FILE_NAME = 'file.bin'

/** Measurements with more than this share of a core used by other programs are repeated. */
const MAX_FOREIGN_SHARE = 0.05
const MAX_ATTEMPTS = 3

/** Measures one workload on a new process of a server. */
export async function measureWorkload(
  bench: Bench,
  start: (root: string) => Promise<Measured>,
  workload: Workload,
): Promise<Outcomes> {
  await using server = await start(bench.root)
  const url = new URL(FILE_NAME, server.url)
  const ready = await prepare(workload, url, bench.file)
  if (ready.kind !== 'ready') return { [workload.measure]: ready }
  const { connections } = workload
  await warmUp(bench, url)
  const load = { url, connections, lines: writeLines(bench, ready.lines) }
  // A whole file is too large for wrk to check; `prepare` has compared two responses with the file.
  const checked = await runWrk(
    { ...load, seconds: 1 },
    workload.measure === 'whole' ? undefined : ready.expected,
  )
  if (checked.wrong > 0) {
    return {
      [workload.measure]: { kind: 'failed', reason: `${checked.wrong} of ${checked.asked} answers wrong` },
    }
  }
  const pids = processTree(server.pid)
  const outcome = await undisturbed(bench, pids, async () => {
    const before = cpuSeconds(pids)
    const counts = await runWrk({ ...load, seconds: bench.seconds })
    const cpu = (cpuSeconds(pids) - before) / counts.requests
    const judged = outcomeOf(counts, connections, ready.answerBytes)
    return judged.kind === 'figure' ? { ...judged, cpu } : judged
  })
  if (outcome.kind !== 'figure') return { [workload.measure]: outcome }
  const value = workload.inBytes ? outcome.value * workload.content : outcome.value
  const figures: Outcomes = { [workload.measure]: { ...outcome, value, note: ready.note } }
  if (workload.measure !== 'range-1m') return figures
  return { ...figures, peak: { kind: 'figure', value: residentMemory(server.pid, 'VmHWM') } }
}

/** Measures memory with stopped readers on a new process of a server. */
export async function measureMemory(
  bench: Bench,
  start: (root: string) => Promise<Measured>,
): Promise<Outcomes> {
  await using server = await start(bench.root)
  const url = new URL(FILE_NAME, server.url)
  await warmUp(bench, url)
  return await measureReaders(url, server.pid, FILE_LENGTH)
}

/** Sends many small requests: a JIT compiler needs more of them than a workload of large responses has. */
async function warmUp(bench: Bench, url: URL): Promise<void> {
  const small = workloads.find(({ measure }) => measure === 'range-1k')
  await runWrk({ url, connections: 16, lines: writeLines(bench, small?.lines ?? []), seconds: 2 })
}

/** Repeats a measurement that other programs disturbed. An outcome that is not a figure is never repeated. */
async function undisturbed(
  bench: Bench,
  pids: readonly number[],
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const foreignShare = watchCores([SERVER_CORE, CLIENT_CORE], pids)
    const outcome = await run()
    const share = foreignShare()
    if (share <= MAX_FOREIGN_SHARE || outcome.kind !== 'figure') return outcome
    bench.warn(`other programs used ${Math.round(share * 100)} % of a core`)
    if (attempt === MAX_ATTEMPTS) return { ...outcome, disturbed: true }
  }
}

function writeLines({ scratch }: Bench, lines: readonly string[]): string {
  const path = join(scratch, 'lines')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
