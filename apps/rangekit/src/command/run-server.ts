import { NOT_FOUND } from '@rangekit/hono-server'
import { serve } from '@rangekit/server'
import type { Command } from 'commander'
import { type HostFlags, hostCheck } from '../hosts/flags.ts'
import { hostGate } from '../hosts/host-gate.ts'
import { type LimitFlags, limitProblem, limitsOfWorker } from '../limits/flags.ts'
import { type LogFlags, logProblem } from '../log/flags.ts'
import { allListeners, openLog } from '../log/log.ts'
import { hasMetrics, type MetricsFlags, metricsAddress, metricsProblem } from '../metrics/flags.ts'
import { accountNames, type PasswordFlags, passwordProblem } from '../password/flags.ts'
import { openAccess, type SiteAccess } from '../password/open-access.ts'
import { cacheProblem, describeCache } from '../place/cache-flags.ts'
import { openPlace } from '../place/open-place.ts'
import type { Place, Problem } from '../place/place.ts'
import type { PlaceFlags } from '../place/place-flags.ts'
import { createSite } from '../site.ts'
import { asksForTls, type TlsFlags, tlsProblem } from '../tls/flags.ts'
import type { SiteTls } from '../tls/open-tls.ts'
import { openRedirects, type Redirects } from '../tls/redirect.ts'
import { isLoopback } from './addresses.ts'
import { announce } from './announce.ts'
import { fail, listenProblem } from './problem.ts'
import { inheritedSocket } from './socket-activation.ts'
import {
  canHaveWorkers,
  findPort,
  isWorker,
  passHangUpOn,
  reportToPrimary,
  startWorkers,
  type WorkerReport,
  workerPort,
} from './workers.ts'

/** The parsed options of the command; durations in seconds. */
export interface ServeFlags
  extends PlaceFlags,
    PasswordFlags,
    HostFlags,
    MetricsFlags,
    TlsFlags,
    LimitFlags,
    LogFlags {
  readonly port: number
  readonly host: string
  readonly workers: number
  readonly cors?: readonly string[]
  readonly cacheControl?: string
  readonly precompressed: boolean
  readonly secretFile?: string
  /** Default: whether only this machine can connect. */
  readonly inspect?: boolean
  readonly qr: boolean
  readonly drain: number
  readonly writeTimeout: number
  readonly headTimeout: number
  readonly fastPath: boolean
}

/** Runs `rangekit [PLACE]`: serves a folder, a bucket or an origin until SIGINT or SIGTERM. */
export async function runServer(text: string, given: ServeFlags, { args }: Command): Promise<void> {
  const socket = inheritedSocket(given.workers)
  if ('problem' in socket) return refuse(socket)
  const flags = { ...given, ...socket }
  const { host, port } = flags
  const problem = tlsProblem(flags, port) ?? passwordProblem(flags, { host, isTls: asksForTls(flags) })
  if (problem !== undefined) return refuse({ problem })
  const place = await openPlace(text, flags)
  if ('problem' in place) return refuse(place)
  const access = openAccess(place, flags)
  if ('problem' in access) return refuse(access)
  const tls = asksForTls(flags) ? (await import('../tls/open-tls.ts')).openTls(flags, host) : undefined
  if (tls !== undefined && 'problem' in tls) return refuse(tls)
  const redirects = await openRedirects(flags, host)
  if (redirects !== undefined && 'problem' in redirects) return refuse(redirects)
  const report = await start(place, flags, { access, tls, redirects })
  if (report === undefined || 'problem' in report) await redirects?.stop()
  if (report === undefined) return
  if (isWorker) return reportToPrimary(report)
  if ('problem' in report) return fail(report.problem)
  redirects?.begin(report.port)
  const isConfidential = place.isConfidential || flags.originHeader !== undefined || flags.auth !== undefined
  if (flags.quiet) return
  await announce({
    place,
    cache: describeCache(place, flags),
    host,
    port: report.port,
    isSecure: tls !== undefined,
    fingerprint: tls?.fingerprint,
    redirectPort: redirects?.port,
    metrics: metricsAddress(flags, report),
    login: accountNames(flags),
    secret: access.password === undefined ? access.signed?.secrets[0] : undefined,
    qr: flags.qr,
    args: isConfidential ? undefined : process.argv.slice(2),
    hasPlace: args.length > 0,
  })
}

/** Ends a command that cannot start. */
function refuse(problem: Problem): void {
  if (isWorker) reportToPrimary(problem)
  else fail(problem.problem)
}

/** What was opened for the server. */
interface Opened {
  readonly access: SiteAccess
  readonly tls: SiteTls | undefined
  readonly redirects: Redirects | undefined
}

/** Starts the server or its workers. Returns `undefined` if a signal came first. */
async function start(place: Place, flags: ServeFlags, opened: Opened): Promise<WorkerReport | undefined> {
  const { host, port, workers } = flags
  if (workers > 1 && !canHaveWorkers) return { problem: '--workers needs Node or Bun' }
  const problem =
    cacheProblem(flags, workers) ?? metricsProblem(flags) ?? limitProblem(flags, workers) ?? logProblem(flags)
  if (problem !== undefined) return { problem }
  try {
    if (isWorker || workers === 1) return await listen(place, flags, opened)
    return await startPool(flags, await findPort(port, host), opened)
  } catch (error) {
    return { problem: listenProblem(error, host, port) }
  }
}

/** Starts workers that share a port, and collects what they measure. */
async function startPool(
  flags: ServeFlags,
  port: number,
  { redirects }: Opened,
): Promise<WorkerReport | undefined> {
  const metrics = hasMetrics(flags) ? await (await loadMetrics()).openPrimaryMetrics(flags) : undefined
  if (metrics !== undefined && 'problem' in metrics) return metrics
  if (flags.logFile !== undefined) passHangUpOn()
  const end = () => {
    void metrics?.end()
    void redirects?.stop()
  }
  const report = await startWorkers(flags.workers, port, end)
  if (report !== undefined && 'port' in report) return { ...report, metricsPort: metrics?.port }
  end()
  return report
}

/** What measures is only loaded where it is wanted. */
function loadMetrics() {
  return import('../metrics/metrics.ts')
}

async function listen(
  place: Place,
  flags: ServeFlags,
  { access, tls, redirects }: Opened,
): Promise<WorkerReport> {
  const { host, port, cors, cacheControl, drain } = flags
  const stopping = new AbortController()
  const log = openLog(flags)
  if ('problem' in log) return log
  const metrics = hasMetrics(flags) ? await (await loadMetrics()).openMetrics(flags) : undefined
  if (metrics !== undefined && 'problem' in metrics) {
    log.close()
    return metrics
  }
  // A folder has no cache, and starts sooner without loading it.
  const hasCache = describeCache(place, flags) !== undefined
  const cache = hasCache
    ? await (await import('../place/cache.ts')).openCache(place, flags, flags.workers)
    : undefined
  if (metrics !== undefined) cache?.cacheFeed(metrics.cache())
  const app = createSite({
    ...place,
    ...cache,
    inspect: flags.inspect ?? isLoopback(host),
    index: flags.index,
    precompressed: flags.precompressed,
    isReady: () => !stopping.signal.aborted,
    stopping: stopping.signal,
    cacheControl,
    cors: cors?.includes('*') ? '*' : cors,
    ...access,
    metrics: metrics?.routes,
  })
  const isAllowed = hostCheck(flags, {
    host,
    isGuarded: access.signed !== undefined,
    isProxied: flags.trustProxy !== undefined,
  })
  const server = await serve({
    ...flags,
    ...limitsOfWorker(flags, flags.workers),
    port: workerPort ?? port,
    hostname: host,
    tls: tls?.pair,
    fetch: isAllowed === undefined ? app.fetch : hostGate(app.fetch, isAllowed),
    notFound: NOT_FOUND,
    onRequest: allListeners(metrics?.onRequest, log.onRequest),
  }).catch(async (error) => {
    log.close()
    await metrics?.end()
    throw error
  })
  metrics?.watch({ connections: () => server.connections, openFiles: place.openFiles })
  tls?.keepCurrent(server)
  onStopSignal(async (signal) => {
    stopping.abort()
    void redirects?.stop()
    // Who presses Ctrl-C wants the terminal back.
    await server.stop(signal === 'SIGINT' && process.stdout.isTTY ? 0 : drain)
    await cache?.close()
    await metrics?.end()
    log.close()
  })
  return { port: server.port, metricsPort: metrics?.port }
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
