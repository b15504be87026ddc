import { fileSource } from '@rangekit/node-fs-source'
import { createApp } from './app.ts'
import { folderProblem, listenProblem, readSecrets, refuse } from './cli-problem.ts'
import { serve } from './runtime.ts'
import { canHaveWorkers, isWorker, reportToFirst, startWorkers, type WorkerReport } from './workers.ts'

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

/** `rangekit [DIR]`: serves a folder until it is told to stop. */
export async function runServer(dir: string, flags: ServeFlags): Promise<void> {
  const { host, workers, secretFile } = flags
  const problem = folderProblem(dir)
  if (problem !== undefined) return refuse(problem)
  const secrets = secretFile === undefined ? undefined : readSecrets(secretFile)
  if (secrets !== undefined && 'problem' in secrets) return refuse(secrets.problem)
  if (workers > 1 && !canHaveWorkers) return refuse('--workers needs Node or Bun')

  if (isWorker) return reportToFirst(await listen(dir, flags, secrets))
  const report = workers > 1 ? await startWorkers(workers) : await listen(dir, flags, secrets)
  if ('problem' in report) return refuse(report.problem)
  console.log(
    `Rangekit is serving ${dir} at http://${host.includes(':') ? `[${host}]` : host}:${report.port}/`,
  )
}

async function listen(
  dir: string,
  flags: ServeFlags,
  secrets: readonly string[] | undefined,
): Promise<WorkerReport> {
  const { port, host, cors, cacheControl, digests, drain } = flags
  let ready = true
  const app = createApp({
    source: fileSource(dir, { digests }),
    isReady: () => ready,
    cacheControl,
    cors: cors?.length === 1 ? cors[0] : cors,
    signed: secrets && { secrets },
  })
  try {
    const server = await serve({ ...flags, hostname: host, fetch: app.fetch })
    onStopSignal(() => {
      ready = false
      return server.stop(drain)
    })
    return { port: server.port }
  } catch (error) {
    return { problem: listenProblem(error, host, port) }
  }
}

/** Stops at the first SIGINT or SIGTERM. One that comes while that goes on means: at once. */
function onStopSignal(stop: () => Promise<void>): void {
  let since: number | undefined
  const onSignal = () => {
    // The same Ctrl-C can reach a process twice, from the terminal and from its parent.
    if (since !== undefined && performance.now() - since > 500) process.exit(1)
    if (since !== undefined) return
    since = performance.now()
    void stop().then(() => process.exit(0))
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
}
