import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { relayFrom } from '../inspect/worker-relay.ts'
import { fail } from './problem.ts'
import { isRelayed } from './relay.ts'

/** Whether this process is one of several that share a port. The primary process prints for all of them. */
export const isWorker = cluster.isWorker

/** Deno's node:cluster cannot share a port. */
export const canHaveWorkers = !('Deno' in globalThis)

/** What a worker reports to the primary process: the port on which it listens, or why it cannot. */
export type WorkerReport =
  | { readonly port: number; readonly metricsPort?: number | undefined }
  | { readonly problem: string }

const PORT_VARIABLE = 'RANGEKIT_WORKER_PORT'

/** The port that the primary process chose for this worker; `undefined` in other processes. */
export const workerPort = isWorker ? Number(process.env[PORT_VARIABLE]) : undefined

/** How long to wait before a worker that ended is replaced, in milliseconds. Doubled each time. */
const BACKOFF_MIN = 100
const BACKOFF_MAX = 10_000
/** A worker that served for this many milliseconds was healthy: the wait is BACKOFF_MIN again. */
const HEALTHY_AFTER = 30_000
/** The command ends after this many failed starts in a row, if no other worker serves. */
const MAX_FAILED_STARTS = 5

/** A worker process, running or ended. */
interface WorkerRun {
  readonly worker: Worker
  readonly report: Promise<WorkerReport>
  readonly exit: Promise<Exit>
}

interface Exit {
  /** `null` if a signal ended the process. */
  readonly code: number | null
  /** The signal, the exit code or the error. */
  readonly reason: string
}

/**
 * Finds the port that the workers share. Left to the workers, on Bun each would pick another one for port 0, and a port
 * that other workers already use would not be refused.
 *
 * @returns the port; a free one for port 0.
 * @throws the error of `listen`.
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
 * Runs this command in several worker processes that share a port. Forwards signals, and replaces workers that end.
 *
 * @param onEnd is called when all have ended and none is started again.
 * @returns once all listen, the port; why one cannot; `undefined` if a signal came first.
 */
export async function startWorkers(
  count: number,
  port: number,
  onEnd: () => void,
): Promise<WorkerReport | undefined> {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stopping.abort()
      killAll(signal)
    })
  }
  const runs = Array.from({ length: count }, () => startWorker(port))
  const reports = await Promise.all(runs.map(({ report }) => report))
  if (stopping.signal.aborted) return undefined
  const failed = reports.find((report) => 'problem' in report)
  if (failed !== undefined) {
    killAll('SIGKILL')
    return failed
  }
  const pool = { port, stopping, serving: 0 }
  void Promise.all(runs.map((run) => keepRunning(run, pool))).then(onEnd)
  return { port }
}

/** What all workers have in common. */
interface WorkerPool {
  readonly port: number
  readonly stopping: AbortController
  /** How many workers listen now. */
  serving: number
}

/** Keeps one of the workers running: replaces `first` when it ends, then each replacement. */
async function keepRunning(first: WorkerRun, pool: WorkerPool): Promise<void> {
  const { stopping } = pool
  let backoff = BACKOFF_MIN
  let failures = 0
  for (let run = first; ; run = startWorker(pool.port)) {
    const { worker, report, exit } = run
    const result = await report
    const problem = 'problem' in result ? result.problem : undefined
    const startedAt = performance.now()
    if (problem === undefined) pool.serving++
    else worker.process.kill('SIGKILL')
    const { code, reason } = await exit
    if (problem === undefined) pool.serving--
    failures = problem === undefined ? 0 : failures + 1

    if (stopping.signal.aborted) {
      // A worker that does not handle signals yet is ended by one, with exit code `null`: that is no failure.
      if (code !== 0 && !(problem !== undefined && code === null)) process.exitCode = code ?? 1
      return
    }
    if (failures >= MAX_FAILED_STARTS && pool.serving === 0) {
      stopping.abort()
      killAll('SIGKILL')
      return fail(`the workers do not start any more: ${problem}`)
    }
    if (performance.now() - startedAt >= HEALTHY_AFTER) backoff = BACKOFF_MIN
    const event = problem ?? `worker ${worker.process.pid} ended (${reason})`
    console.error(`rangekit: ${event}; starting another in ${backoff} ms`)
    await sleep(backoff, undefined, { signal: stopping.signal }).catch(() => {})
    if (stopping.signal.aborted) return
    backoff = Math.min(2 * backoff, BACKOFF_MAX)
  }
}

function startWorker(port: number): WorkerRun {
  const worker = cluster.fork({ [PORT_VARIABLE]: String(port) })
  relayFrom(worker)
  const exit = new Promise<Exit>((resolve) => {
    worker.once('exit', (code, signal) => resolve({ code, reason: signal ?? `exit code ${code}` }))
    worker.on('error', ({ message }) => {
      // Other errors are followed by `exit`.
      if (worker.process.pid === undefined) resolve({ code: 1, reason: message })
    })
  })
  const report = Promise.race([
    new Promise<WorkerReport>((resolve) => {
      worker.on('message', (message) => {
        if (!isRelayed(message)) resolve(message)
      })
    }),
    exit.then(({ reason }): WorkerReport => ({ problem: `a worker ended before it was ready (${reason})` })),
  ])
  return { worker, report, exit }
}

function killAll(signal: NodeJS.Signals): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal)
}

/** Passes on to the workers what logrotate sends to this process. From a terminal it means that this was closed. */
export function passHangUpOn(): void {
  if (!process.stdin.isTTY) process.on('SIGHUP', () => killAll('SIGHUP'))
}

/** Reports the outcome of this worker's start to the primary process. */
export function reportToPrimary(report: WorkerReport): void {
  process.send?.(report)
}
