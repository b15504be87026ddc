import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'

/** Whether this process is one of several that share a port, and leaves the talking to the first. */
export const isWorker = cluster.isWorker

/** What a worker tells the first process. */
export type WorkerReport = { readonly port: number } | { readonly problem: string }

/** Where processes cannot share a port this way. */
export const canHaveWorkers = !('Deno' in globalThis)

/**
 * Runs this command several times, all on one port, and passes signals on to them.
 *
 * @returns when all listen: the port, or what is wrong.
 */
export async function startWorkers(count: number): Promise<WorkerReport> {
  const workers = Array.from({ length: count }, () => cluster.fork())
  const stopAll = (signal: NodeJS.Signals) => {
    for (const { process: child } of workers) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopAll(signal))
  // One that fails takes the others with it; whoever started us may start all again.
  cluster.on('exit', ({ process: child }) => {
    if (child.exitCode === 0) return
    process.exitCode = child.exitCode ?? 1
    stopAll('SIGTERM')
  })
  const reports = await Promise.all(workers.map(reportOf))
  const failed = reports.find((report) => 'problem' in report)
  if (failed !== undefined) stopAll('SIGKILL')
  return failed ?? reports[0] ?? { problem: 'there are no workers' }
}

async function reportOf(worker: Worker): Promise<WorkerReport> {
  const [report] = await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then((): [WorkerReport] => [{ problem: 'a worker ended before it was ready' }]),
  ])
  return report
}

/** Tells the first process how this worker fares. */
export function reportToFirst(report: WorkerReport): void {
  process.send?.(report)
}
