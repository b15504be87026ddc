import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { refuse } from './problem.ts'

/** Whether this process is one of several that share a port. The first process prints what there is to say. */
export const isWorker = cluster.isWorker

/** Deno's node:cluster cannot share a port. */
export const canHaveWorkers = !('Deno' in globalThis)

/** What a worker tells the first process once it listens, or cannot. */
export type WorkerReport = { readonly port: number } | { readonly problem: string }

const PORT_VARIABLE = 'RANGEKIT_WORKER_PORT'

/** The port that the first process found for this worker. */
export const workerPort = isWorker ? Number(process.env[PORT_VARIABLE]) : undefined

/** How long to wait before another worker takes the place of one that ended, in milliseconds: doubled each time. */
const BACKOFF_MIN = 100
const BACKOFF_MAX = 10_000
/** A worker that served for so long, in milliseconds, was fine: the wait starts from BACKOFF_MIN again. */
const SETTLED = 30_000
/** How often a worker may fail to start, one time after the other, while no other worker serves. */
const ATTEMPTS = 5

/** One worker process. */
interface Life {
  readonly worker: Worker
  readonly report: Promise<WorkerReport>
  readonly exit: Promise<Exit>
}

interface Exit {
  /** `null` where a signal ended the process. */
  readonly code: number | null
  /** The signal, the exit code or the fault. */
  readonly reason: string
}

/**
 * Finds the port that workers are to share. On Bun each worker would take another one for port 0, and a port that is
 * taken by other workers would not be refused.
 *
 * @returns the port, or a free one for port 0.
 * @throws what `listen` fails with.
 */
export async function findPort(port: number, host: string): Promise<number> {
  const server = createServer().listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : port
}

/**
 * Runs this command several times, all on one port, passes signals on, and starts another worker for each that ends.
 *
 * @returns when all listen: the port, or why one cannot; `undefined` where a signal came first.
 */
export async function startWorkers(count: number, port: number): Promise<WorkerReport | undefined> {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping.abort()
      killAll(signal)
    })
  }
  const lives = Array.from({ length: count }, () => startWorker(port))
  const reports = await Promise.all(lives.map(({ report }) => report))
  if (stopping.signal.aborted) return undefined
  const failed = reports.find((report) => 'problem' in report)
  if (failed !== undefined) {
    killAll('SIGKILL')
    return failed
  }
  const crew = { port, stopping, serving: 0 }
  for (const life of lives) void keepRunning(life, crew)
  return { port }
}

/** What the places of all workers share. */
interface Crew {
  readonly port: number
  readonly stopping: AbortController
  serving: number
}

/** Keeps one place filled: with `first`, and with another worker after each that ends. */
async function keepRunning(first: Life, crew: Crew): Promise<void> {
  const { stopping } = crew
  let backoff = BACKOFF_MIN
  let failures = 0
  for (let life = first; ; life = startWorker(crew.port)) {
    const { worker, report, exit } = life
    const result = await report
    const problem = 'problem' in result ? result.problem : undefined
    const since = performance.now()
    if (problem === undefined) crew.serving++
    else worker.process.kill('SIGKILL')
    const { code, reason } = await exit
    if (problem === undefined) crew.serving--
    failures = problem === undefined ? 0 : failures + 1

    if (stopping.signal.aborted) {
      // A signal ends a worker that has not started to listen for it.
      if (code !== 0 && !(problem !== undefined && code === null)) process.exitCode = code ?? 1
      return
    }
    if (failures >= ATTEMPTS && crew.serving === 0) {
      stopping.abort()
      killAll('SIGKILL')
      return refuse(`the workers do not start any more: ${problem}`)
    }
    if (performance.now() - since >= SETTLED) backoff = BACKOFF_MIN
    const what = problem ?? `worker ${worker.process.pid} ended (${reason})`
    console.error(`rangekit: ${what}; starting another in ${backoff} ms`)
    await sleep(backoff, undefined, { signal: stopping.signal }).catch(() => {})
    if (stopping.signal.aborted) return
    backoff = Math.min(2 * backoff, BACKOFF_MAX)
  }
}

function startWorker(port: number): Life {
  const worker = cluster.fork({ [PORT_VARIABLE]: String(port) })
  const exit = new Promise<Exit>((resolve) => {
    worker.once('exit', (code, signal) => resolve({ code, reason: signal ?? `exit code ${code}` }))
    worker.on('error', ({ message }) => {
      // Other errors are followed by an exit.
      if (worker.process.pid === undefined) resolve({ code: 1, reason: message })
    })
  })
  const report = Promise.race([
    new Promise<WorkerReport>((resolve) => worker.once('message', resolve)),
    exit.then(({ reason }): WorkerReport => ({ problem: `a worker ended before it was ready (${reason})` })),
  ])
  return { worker, report, exit }
}

function killAll(signal: NodeJS.Signals): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
}

/** Tells the first process how this worker fares. */
export function reportToFirst(report: WorkerReport): void {
  process.send?.(report)
}
