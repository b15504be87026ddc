// One measurement: a fresh process, some work to warm it up, and the figure.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpuSeconds, watchCores } from './contention.ts'
import { measureReaders, processTree, resident } from './memory.ts'
import { prepare, type TestFile } from './prepare.ts'
import type { MeasureName, Outcome } from './results.ts'
import { clientCore, type ServerId, serverCore, startServer } from './servers.ts'
import { fileLength, type Work, works } from './works.ts'
import { judge, runWrk } from './wrk.ts'

export interface Bench {
  /** The folder that is served, with `file.bin` in it. */
  readonly root: string
  /** A folder for wrk's header lines. */
  readonly scratch: string
  readonly file: TestFile
  readonly seconds: number
  /** Told what makes a figure doubtful. */
  readonly warn: (text: string) => void
}

export type Outcomes = Partial<Record<MeasureName, Outcome>>

const fileName = 'file.bin'

/** @param nodeFlags go before the script of a server that runs on Node. */
export async function measureWork(
  bench: Bench,
  id: ServerId,
  work: Work,
  nodeFlags: readonly string[] = [],
): Promise<Outcomes> {
  const server = await startServer(id, bench.root, nodeFlags)
  try {
    const url = new URL(fileName, server.url)
    const ready = await prepare(work, url, bench.file)
    if (ready.kind !== 'ready') return { [work.measure]: ready }
    const { connections } = work
    await warmUp(bench, url)
    const load = { url, connections, lines: writeLines(bench, ready.lines) }
    // A whole file is more than wrk can look at by itself; `prepare` has compared two with the original.
    const checked = await runWrk(
      { ...load, seconds: 1 },
      work.measure === 'whole' ? undefined : ready.expected,
    )
    if (checked.wrong > 0) {
      return {
        [work.measure]: { kind: 'failed', reason: `${checked.wrong} of ${checked.asked} answers wrong` },
      }
    }
    const pids = processTree(server.pid)
    const outcome = await undisturbed(bench, pids, async () => {
      const before = cpuSeconds(pids)
      const counts = await runWrk({ ...load, seconds: bench.seconds })
      const cpu = (cpuSeconds(pids) - before) / counts.requests
      const judged = judge(counts, connections, ready.answerBytes)
      return judged.kind === 'figure' ? { ...judged, cpu } : judged
    })
    if (outcome.kind !== 'figure') return { [work.measure]: outcome }
    const value = work.inBytes ? outcome.value * work.content : outcome.value
    const figures: Outcomes = { [work.measure]: { ...outcome, value, note: ready.note } }
    if (work.measure !== 'range-1m') return figures
    return { ...figures, peak: { kind: 'figure', value: resident(server.pid, 'VmHWM') } }
  } finally {
    await server.stop()
  }
}

export async function measureMemory(bench: Bench, id: ServerId): Promise<Outcomes> {
  const server = await startServer(id, bench.root)
  try {
    const url = new URL(fileName, server.url)
    await warmUp(bench, url)
    return await measureReaders(url, server.pid, fileLength)
  } finally {
    await server.stop()
  }
}

/** Many small answers, for servers whose code is compiled as it runs: large ones take too few runs to get there. */
async function warmUp(bench: Bench, url: URL): Promise<void> {
  const small = works.find(({ measure }) => measure === 'range-1k')
  await runWrk({ url, connections: 16, lines: writeLines(bench, small?.lines ?? []), seconds: 2 })
}

/**
 * Runs again, twice at most, where other programs had more than a twentieth of a core. A run with a wrong answer is
 * never passed over.
 */
async function undisturbed(
  bench: Bench,
  pids: readonly number[],
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const others = watchCores([serverCore, clientCore], pids)
    const outcome = await run()
    const share = others()
    if (share <= 0.05 || outcome.kind !== 'figure') return outcome
    bench.warn(`others had ${Math.round(share * 100)} % of a core`)
    if (attempt === 3) return { ...outcome, disturbed: true }
  }
}

function writeLines({ scratch }: Bench, lines: readonly string[]): string {
  const path = join(scratch, 'lines')
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
