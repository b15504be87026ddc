import { NOT_FOUND } from '@rangekit/hono-server'
import { serve } from '@rangekit/server'
import { guardHost } from '../hosts/host-gate.ts'
import { limitsOfWorker } from '../limits/flags.ts'
import { allListeners, openLog } from '../log/log.ts'
import { hasMetrics } from '../metrics/flags.ts'
import type { SiteAccess } from '../password/open-access.ts'
import { describeCache } from '../place/cache-flags.ts'
import type { Place } from '../place/place.ts'
import { createSite } from '../site.ts'
import type { SiteTls } from '../tls/open-tls.ts'
import type { Redirects } from '../tls/redirect.ts'
import { isLoopback } from './addresses.ts'
import type { ServeFlags } from './serve-flags.ts'
import { type WorkerReport, workerPort } from './workers.ts'

/** What was opened for the server. */
export interface Opened {
  readonly access: SiteAccess
  readonly tls: SiteTls | undefined
  readonly redirects: Redirects | undefined
}

/**
 * Serves a place in this process until a signal comes. A request passes the check of Host, the password, and then the
 * site, which has both it and the routes of the metrics. The log and the metrics listen to the server itself, so they
 * see what is refused before any of these, too.
 *
 * @throws the error of `listen`; everything is closed then.
 */
export async function listen(place: Place, flags: ServeFlags, opened: Opened): Promise<WorkerReport> {
  const { access, tls, redirects } = opened
  const { host, port, cors, drain } = flags
  const stopping = new AbortController()
  const log = openLog(flags, access.password?.login)
  if ('problem' in log) return log
  const metrics = hasMetrics(flags)
    ? await (await import('../metrics/metrics.ts')).openMetrics(flags)
    : undefined
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
  const close = async () => {
    await cache?.close()
    await metrics?.end()
    log.close()
  }
  const site = createSite({
    ...place,
    ...cache,
    inspect: flags.inspect ?? isLoopback(host),
    index: flags.index,
    precompressed: flags.precompressed,
    isReady: () => !stopping.signal.aborted,
    stopping: stopping.signal,
    cacheControl: flags.cacheControl,
    cors: cors?.includes('*') ? '*' : cors,
    ...access,
    metrics: metrics?.routes,
  })
  const server = await serve({
    ...flags,
    ...limitsOfWorker(flags, flags.workers),
    port: workerPort ?? port,
    hostname: host,
    tls: tls?.pair,
    fetch: guardHost(site.fetch, flags, { host, isGuarded: access.signed !== undefined }),
    notFound: NOT_FOUND,
    onRequest: allListeners(metrics?.onRequest, log.onRequest),
  }).catch(async (error) => {
    await close()
    throw error
  })
  metrics?.watch({ connections: () => server.connections, openFiles: place.openFiles })
  tls?.keepCurrent(server)
  onStopSignal(async (signal) => {
    stopping.abort()
    void redirects?.stop()
    // Who presses Ctrl-C wants the terminal back.
    await server.stop(signal === 'SIGINT' && process.stdout.isTTY ? 0 : drain)
    await close()
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
