import cluster from 'node:cluster'
import { isRelayed, tellPrimary, tellWorker } from '../command/relay.ts'
import type { Snapshot } from './exposition.ts'
import { WorkerNumbers } from './worker-numbers.ts'

/**
 * A scrape may reach any worker, and all of them have numbers. The primary process asks them, keeps what those leave that
 * end, and hands the whole to whoever was asked.
 */
type AboutMetrics =
  /** From a worker: its numbers, asked for in a round, or from time to time. */
  | { readonly rangekit: 'numbers'; readonly round: number | undefined; readonly snapshot: Snapshot }
  /** To a worker: its numbers are wanted. */
  | { readonly rangekit: 'numbers-wanted'; readonly round: number }
  /** From a worker: those of all are wanted. */
  | { readonly rangekit: 'all-wanted'; readonly scrape: number }
  /** To a worker: those of all. */
  | { readonly rangekit: 'all'; readonly scrape: number; readonly snapshots: readonly Snapshot[] }

const TOPICS: readonly string[] = [
  'numbers',
  'numbers-wanted',
  'all-wanted',
  'all',
] satisfies AboutMetrics['rangekit'][]

function isAboutMetrics(message: unknown): message is AboutMetrics {
  return isRelayed(message) && TOPICS.includes(message.rangekit)
}

/** How long the primary process waits for a worker, in milliseconds. Then its latest numbers count. */
const PATIENCE = 1000
/** How often a worker reports without being asked, in milliseconds: the most that a crash makes forget. */
const REPORT_INTERVAL = 1000

/** Collects numbers. */
export type Collect = () => Promise<readonly Snapshot[]>

/**
 * In the primary process: collects the numbers of all workers, and answers those that ask for them.
 *
 * @param own those of this process.
 */
export function gatherNumbers(own: () => Promise<Snapshot>): Collect {
  const numbers = new WorkerNumbers()
  const rounds = new Map<number, Round>()
  let count = 0

  async function collect(): Promise<readonly Snapshot[]> {
    count++
    const round = new Round(numbers.workers)
    rounds.set(count, round)
    for (const id of numbers.workers) {
      tellWorker(cluster.workers?.[id], { rangekit: 'numbers-wanted', round: count } satisfies AboutMetrics)
    }
    const id = count
    const mine = await own()
    await round.over
    rounds.delete(id)
    return [mine, ...numbers.snapshots]
  }

  cluster.on('message', (worker, message) => {
    if (!isAboutMetrics(message)) return
    if (message.rangekit === 'numbers') {
      // One that ended has left its numbers already.
      if (!worker.isDead()) numbers.report(worker.id, message.snapshot)
      if (message.round !== undefined) rounds.get(message.round)?.drop(worker.id)
    } else if (message.rangekit === 'all-wanted') {
      const { scrape } = message
      void collect().then((snapshots) =>
        tellWorker(worker, { rangekit: 'all', scrape, snapshots } satisfies AboutMetrics),
      )
    }
  })
  cluster.on('exit', ({ id }) => {
    numbers.end(id)
    for (const round of rounds.values()) round.drop(id)
  })
  return collect
}

/** Some workers that were asked. */
class Round {
  readonly over: Promise<void>
  readonly #missing: Set<number>
  #end = () => {}

  constructor(workers: readonly number[]) {
    this.#missing = new Set(workers)
    this.over = new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE)
      this.#end = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    if (this.#missing.size === 0) this.#end()
  }

  /** A worker has answered, or never will. */
  drop(worker: number): void {
    this.#missing.delete(worker)
    if (this.#missing.size === 0) this.#end()
  }
}

/** The numbers of a worker, as it reports them to the primary process. */
export interface WorkerReports {
  /** Those of all processes. */
  readonly collect: Collect
  /** Reports once more, and then no more. */
  end(): Promise<void>
}

/**
 * In a worker: reports its numbers.
 *
 * @param own those of this process.
 */
export async function reportNumbers(own: () => Promise<Snapshot>): Promise<WorkerReports> {
  const scrapes = new Map<number, (snapshots: readonly Snapshot[]) => void>()
  let count = 0
  const report = async (round?: number) =>
    tellPrimary({ rangekit: 'numbers', round, snapshot: await own() } satisfies AboutMetrics)

  process.on('message', (message: unknown) => {
    if (!isAboutMetrics(message)) return
    if (message.rangekit === 'numbers-wanted') void report(message.round)
    else if (message.rangekit === 'all') scrapes.get(message.scrape)?.(message.snapshots)
  })
  const timer = setInterval(report, REPORT_INTERVAL).unref()
  await report()

  return {
    async collect() {
      count++
      const scrape = count
      try {
        return await new Promise((resolve, reject) => {
          scrapes.set(scrape, resolve)
          setTimeout(() => reject(new Error('The primary process has no numbers')), 2 * PATIENCE).unref()
          void tellPrimary({ rangekit: 'all-wanted', scrape } satisfies AboutMetrics)
        })
      } finally {
        scrapes.delete(scrape)
      }
    },
    async end() {
      clearInterval(timer)
      await report()
    },
  }
}
