import { NOT_FOUND } from '@rangekit/hono-server'
import { fileSource } from '@rangekit/node-fs-source'
import { serve } from '@rangekit/server'
import { createSite } from '../site.ts'
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
  readonly digests: boolean
  readonly secretFile?: string
  readonly drain: number
  readonly writeTimeout: number
  readonly headTimeout: number
  readonly fastPath: boolean
}

/** Runs `rangekit [DIR]`: serves a folder until SIGINT or SIGTERM. */
export async function runServer(dir: string, flags: ServeFlags): Promise<void> {
  const report = await start(dir, flags)
  if (report === undefined) return
  if (isWorker) return reportToPrimary(report)
  if ('problem' in report) return fail(report.problem)
  const host = flags.host.includes(':') ? `[${flags.host}]` : flags.host
  console.log(`Rangekit is serving ${dir} at http://${host}:${report.port}/`)
}

/** Starts the server or its workers. Returns `undefined` if a signal came first. */
async function start(dir: string, flags: ServeFlags): Promise<WorkerReport | undefined> {
  const { host, port, workers, secretFile } = flags
  const problem = folderProblem(dir)
  if (problem !== undefined) return { problem }
  const secrets = secretFile === undefined ? undefined : readSecrets(secretFile)
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
    inspect: true,
    index: false,
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
  onStopSignal(() => {
    stopping.abort()
    return server.stop(drain)
  })
  return server.port
}

/** Stops cleanly on the first SIGINT or SIGTERM; a second one while stopping ends the process at once. */
function onStopSignal(stop: () => Promise<void>): void {
  let stoppingSince: number | undefined
  const onSignal = () => {
    // One Ctrl-C can reach a process twice, from the terminal and from its parent.
    if (stoppingSince !== undefined && performance.now() - stoppingSince > 500) process.exit(1)
    if (stoppingSince !== undefined) return
    stoppingSince = performance.now()
    void stop().then(() => process.exit(0))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
}
