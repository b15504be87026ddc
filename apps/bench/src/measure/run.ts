import { execFileSync } from 'node:child_process'
import type { MeasureName, Outcome, Results } from '../results.ts'
import { type Bench, type Measured, measureMemory, measureWorkload, type Outcomes } from './measure.ts'
import { workloads } from './workloads.ts'
import { machine, withBench } from './workplace.ts'

/** A server to be measured. */
export interface Contender {
  readonly id: string
  readonly title: string
  /** Its configuration in one line. */
  readonly setup: string
  /** `undefined`: it is not installed, and not measured. */
  readonly version: string | undefined
  /** Starts it on its core. */
  readonly start: (root: string) => Promise<Measured>
}

/** What is measured at once. */
export type Job = MeasureName | 'memory'

export const jobs: readonly Job[] = [...workloads.map(({ measure }) => measure), 'memory']

export interface RunOptions {
  readonly jobs: readonly Job[]
  readonly rounds: number
  /** Length of a measured run. */
  readonly seconds: number
}

/**
 * Measures servers in turn, one by one, as often as there are rounds.
 *
 * @param prepare called once, with the folder that is served, before the first server starts. Default: nothing.
 */
export async function runBench(
  contenders: readonly Contender[],
  options: RunOptions,
  prepare: (root: string) => Promise<void> = async () => {},
): Promise<Results> {
  const { rounds, seconds } = options
  const present = contenders.filter(({ version }) => version !== undefined)
  const outcomes = new Map<string, Partial<Record<MeasureName, Outcome[]>>>()
  await withBench(seconds, async (bench) => {
    await prepare(bench.root)
    for (let round = 0; round < rounds; round++) {
      for (const job of options.jobs) {
        // Every round starts with another server.
        for (const contender of [...present.slice(round), ...present.slice(0, round)]) {
          const { id } = contender
          const found = await measureOne(bench, contender, job)
          process.stderr.write(`${round + 1}/${rounds} ${job} ${id} ${JSON.stringify(found)}\n`)
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
    servers: contenders.map(({ id, title, setup, version = 'not installed' }) => {
      return { id, title, version, setup, outcomes: outcomes.get(id) ?? {} }
    }),
  }
}

async function measureOne(bench: Bench, { start }: Contender, job: Job): Promise<Outcomes> {
  const workload = workloads.find(({ measure }) => measure === job)
  try {
    return workload === undefined
      ? await measureMemory(bench, start)
      : await measureWorkload(bench, start, workload)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { [workload?.measure ?? 'stalled']: { kind: 'failed', reason } }
  }
}

/** Reads a whole number from 1 up from the command line. */
export function parseCount(name: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new RangeError(`--${name} must be a whole number from 1 up, not ${text}`)
  return number
}

/** Reads names with commas between them from the command line. Default: all of them. */
export function parseNames<Name extends string>(
  text: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  if (text === undefined) return names
  const wanted = text.split(',')
  const unknown = wanted.find((name) => !names.some((known) => known === name))
  if (unknown !== undefined) throw new RangeError(`Unknown name ${unknown}; expected ${names.join(', ')}`)
  return names.filter((name) => wanted.includes(name))
}

function versionOfWrk(): string {
  // wrk prints its version with its usage, and fails.
  return execFileSync('/bin/sh', ['-c', 'wrk -v 2>&1 || true'], { encoding: 'utf8' })
}
