import { NOT_FOUND } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import type { Command } from 'commander'
import { createSite } from '../site.ts'
import { isLoopback } from './addresses.ts'
import { announce } from './announce.ts'
import { fail, folderProblem, listenProblem, readSecrets } from './problem.ts'
import {
  canHaveWorkers,
  findPort,
  isWorker,
  reportToPrimary,
  startWorkers,
  type WorkerReport,
  workerPort,
} from './workers.ts'

/** The parsed options of the command; durations in seconds. */
export interface ServeFlags {
  readonly port: number
  readonly host: string
  readonly workers: number
  readonly cors?: readonly string[]
  readonly cacheControl?: string
  readonly precompressed: boolean
  readonly digests: boolean
  readonly secretFile?: string
  readonly index: boolean
  /** Default: whether only this machine can connect. */
  readonly inspect?: boolean
  readonly qr: boolean
  readonly drain: number
  readonly writeTimeout: number
  readonly headTimeout: number
  readonly fastPath: boolean
}

/** Runs `rangekit [DIR]`: serves a folder until SIGINT or SIGTERM. */
export async function runServer(dir: string, flags: ServeFlags, { args }: Command): Promise<void> {
  const secrets = flags.secretFile === undefined ? undefined : readSecrets(flags.secretFile)
  const report = await start(dir, flags, secrets)
  if (report === undefined) return
  if (isWorker) return reportToPrimary(report)
  if ('problem' in report) return fail(report.problem)
  await announce({
    dir,
    host: flags.host,
    port: report.port,
    secret: secrets !== undefined && !('problem' in secrets) ? secrets[0] : undefined,
    qr: flags.qr,
    args: process.argv.slice(2),
    hasDir: args.length > 0,
  })
}

/** Starts the server or its workers. Returns `undefined` if a signal came first. */
async function start(
  dir: string,
  flags: ServeFlags,
  secrets: ReturnType<typeof readSecrets> | undefined,
): Promise<WorkerReport | undefined> {
  const { host, port, workers } = flags
  const problem = folderProblem(dir)
  if (problem !== undefined) return { problem }
  if (secrets !== undefined && 'problem' in secrets) return secrets
  if (workers > 1 && !canHaveWorkers) return { problem: '--workers needs Node or Bun' }
  try {
    if (isWorker || workers === 1) return { port: await listen(dir, flags, secrets) }
    return await startWorkers(workers, await findPort(port, host))
  } catch (error) {
    return { problem: listenProblem(error, host, port) }
  }
}

async function listen(
  dir: string,
  flags: ServeFlags,
  secrets: readonly string[] | undefined,
): Promise<number> {
  const { host, port, cors, cacheControl, digests, drain } = flags
  const stopping = new AbortController()
  const app = createSite({
    dir,
    inspect: flags.inspect ?? isLoopback(host),
    index: flags.index,
    precompressed: flags.precompressed,
    source: fileSource(dir, { digests }),
    isReady: () => !stopping.signal.aborted,
    stopping: stopping.signal,
    cacheControl,
    cors: cors?.includes('*') ? '*' : cors,
    signed: secrets && { secrets },
  })
  const server = await serve({
    ...flags,
    port: workerPort ?? port,
    hostname: host,
    fetch: app.fetch,
    notFound: NOT_FOUND,
  })
  onStopSignal((signal) => {
    stopping.abort()
    // Who presses Ctrl-C wants the terminal back.
    return server.stop(signal === 'SIGINT' && process.stdout.isTTY ? 0 : drain)
  })
  return server.port
}

/** Stops cleanly on the first SIGINT or SIGTERM; a second one while stopping ends the process at once. */
function onStopSignal(stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let stoppingSince: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    // One Ctrl-C can reach a process twice, from the terminal and from its parent.
    if (stoppingSince !== undefined && performance.now() - stoppingSince > 500) process.exit(1)
    if (stoppingSince !== undefined) return
    stoppingSince = performance.now()
    void stop(signal).then(() => process.exit(0))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
}
