import { Registry } from '@prometheus-io/client'
import { serve } from '@rangekit/server'
import type { Hono } from 'hono'
import { isLoopback } from '../command/addresses.ts'
import { listenProblem } from '../command/problem.ts'
import { isWorker } from '../command/workers.ts'
import type { HostFlags } from '../hosts/flags.ts'
import { guardHost } from '../hosts/host-gate.ts'
import type { CachePart } from '../inspect/cache-report.ts'
import type { Problem } from '../place/place.ts'
import { measureEventLoop } from './event-loop.ts'
import { METRICS_HOST, type MetricsFlags } from './flags.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { processMetrics } from './process-metrics.ts'
import { type MeasuringListener, requestMetrics } from './request-metrics.ts'
import { cacheMetrics, type ServerState, serverMetrics } from './server-metrics.ts'
import { type Collect, gatherNumbers, reportNumbers } from './worker-metrics.ts'

/** Metrics that can be read. */
export interface OpenMetrics {
  /** The port that they are read on; `undefined` where it is that of the files, or that of the primary process. */
  readonly port: number | undefined
  /** Hands over the last numbers, and closes the port. */
  end(): Promise<void>
}

/** The metrics of a process that serves. */
export interface Metrics extends OpenMetrics {
  readonly onRequest: MeasuringListener
  /** Routes for the port of the files; `undefined` where metrics are read on another one. */
  readonly routes: Hono | undefined
  /** Measures a server as well, once it runs. */
  watch(server: ServerState): void
  /** Measures a cache. Returns what to call for each part that it hands out or fetches. */
  cache(): (part: CachePart) => void
}

/** Measures a process that serves: the only one, or a worker. */
export async function openMetrics(flags: MetricsFlags & HostFlags): Promise<Metrics | Problem> {
  const registry = new Registry()
  const { onRequest, snapshot } = requestMetrics()
  const own = async () => [...snapshot(), ...(await registry.getMetricsAsJSON())]
  processMetrics(registry)
  const stopMeasuring = measureEventLoop(registry)
  const reports = isWorker ? await reportNumbers(own) : undefined
  const collect = reports?.collect ?? (async () => [await own()])
  const opened = isWorker ? NO_PORT : await openPort(flags, collect)
  if ('problem' in opened) return opened
  return {
    port: opened.port,
    onRequest,
    routes: flags.metricsPort === undefined ? metricsRoutes(collect) : undefined,
    watch: (server) => serverMetrics(registry, server),
    cache: () => cacheMetrics(registry),
    async end() {
      stopMeasuring()
      await reports?.end()
      await opened.end()
    },
  }
}

/** Collects the metrics of the workers in the primary process. */
export async function openPrimaryMetrics(flags: MetricsFlags & HostFlags): Promise<OpenMetrics | Problem> {
  const registry = new Registry()
  processMetrics(registry)
  return openPort(
    flags,
    gatherNumbers(() => registry.getMetricsAsJSON()),
  )
}

const NO_PORT: OpenMetrics = { port: undefined, end: async () => {} }

/** Listens where the flags say, if they name a port. */
async function openPort(flags: MetricsFlags & HostFlags, collect: Collect): Promise<OpenMetrics | Problem> {
  const { metricsPort: port, metricsHost: hostname = METRICS_HOST } = flags
  if (port === undefined) return NO_PORT
  try {
    const { fetch } = metricsRoutes(collect)
    // Elsewhere, the names that scrapers know it by are not those of the files. No proxy of the files is in front of it.
    const { allowHost } = flags
    const reach = { host: hostname, isGuarded: false }
    const guarded = isLoopback(hostname) ? guardHost(fetch, { allowHost }, reach) : fetch
    const server = await serve({ port, hostname, fetch: guarded })
    return { port: server.port, end: () => server.stop(0) }
  } catch (error) {
    return { problem: listenProblem(error, hostname, port, '--metrics-port') }
  }
}
