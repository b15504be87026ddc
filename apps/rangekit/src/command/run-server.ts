import type { Command } from 'commander'
import { hasMetrics, metricsAddress } from '../metrics/flags.ts'
import { accountNames } from '../password/flags.ts'
import { openAccess } from '../password/open-access.ts'
import { cacheProblem, describeCache } from '../place/cache-flags.ts'
import { openPlace } from '../place/open-place.ts'
import type { Place, Problem } from '../place/place.ts'
import { asksForTls } from '../tls/flags.ts'
import { openRedirects } from '../tls/redirect.ts'
import { listen, type Opened } from './listen.ts'
import { fail, listenProblem } from './problem.ts'
import { announce } from './ready/announce.ts'
import { type ServeFlags, serveProblem } from './serve-flags.ts'
import { inheritedSocket } from './socket-activation.ts'
import {
  findPort,
  isWorker,
  passHangUpOn,
  reportToPrimary,
  startWorkers,
  type WorkerReport,
} from './workers.ts'

/** Runs `rangekit [PLACE]`: serves a folder, a bucket or an origin until SIGINT or SIGTERM. */
export async function runServer(text: string, given: ServeFlags, { args }: Command): Promise<void> {
  const socket = inheritedSocket(given.workers)
  if ('problem' in socket) return refuse(socket)
  const flags = { ...given, ...socket }
  const problem = serveProblem(flags)
  if (problem !== undefined) return refuse({ problem })
  const place = await openPlace(text, flags)
  if ('problem' in place) return refuse(place)
  const opened = await open(place, flags)
  if ('problem' in opened) return refuse(opened)
  const { access, tls, redirects } = opened
  const report = await start(place, flags, opened)
  if (report === undefined || 'problem' in report) await redirects?.stop()
  if (report === undefined) return
  if (isWorker) return reportToPrimary(report)
  if ('problem' in report) return fail(report.problem)
  redirects?.begin(report.port)
  if (flags.quiet) return
  const isConfidential = place.isConfidential || flags.originHeader !== undefined || flags.auth !== undefined
  await announce({
    place,
    cache: describeCache(place, flags),
    host: flags.host,
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

/** Reads what the options name, and makes what they need. The port for redirects comes last: it has to be closed again. */
async function open(place: Place, flags: ServeFlags): Promise<Opened | Problem> {
  const cache = cacheProblem(flags, flags.workers)
  if (cache !== undefined) return { problem: cache }
  const access = openAccess(place, flags)
  if ('problem' in access) return access
  const tls = asksForTls(flags)
    ? await (await import('../tls/open-tls.ts')).openTls(flags, flags.host)
    : undefined
  if (tls !== undefined && 'problem' in tls) return tls
  const redirects = await openRedirects(flags, flags.host)
  if (redirects !== undefined && 'problem' in redirects) return redirects
  return { access, tls, redirects }
}

/** Starts the server or its workers. Returns `undefined` if a signal came first. */
async function start(place: Place, flags: ServeFlags, opened: Opened): Promise<WorkerReport | undefined> {
  const { host, port, workers } = flags
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
  const metrics = hasMetrics(flags)
    ? await (await import('../metrics/metrics.ts')).openPrimaryMetrics(flags)
    : undefined
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
