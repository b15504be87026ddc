import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { unstable_startWorker } from 'wrangler'

/** The folder of this app, with `wrangler.jsonc`. */
export const WORKER_ROOT = resolve(import.meta.dirname, '..')

/** Keeps `wrangler` from prompting, from sending metrics, from fetching anything, and from writing logs. */
export const QUIET_ENVIRONMENT = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
} as const

export interface DevOptions {
  /** The Worker's entry, relative to {@link WORKER_ROOT}. Default: the one in `wrangler.jsonc`. */
  readonly entry?: string | undefined
  /** The folder that holds the local bucket. */
  readonly state: string
  /** 0 picks a free one. */
  readonly port: number
  readonly hostname: string
  /** Variables of the Worker. Default: none. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined
  /** Suppresses errors, too. Default: false. */
  readonly silent?: boolean | undefined
}

export interface RunningWorker {
  /** The port in use. */
  readonly port: number
  /** Stops workerd. Further calls return the same promise. */
  stop(): Promise<void>
}

/**
 * Runs a Worker on workerd with a local bucket, as `wrangler dev` does, but without watching its sources. Prints only
 * errors, to stderr.
 *
 * @throws Error where the Worker cannot start, with the code `EADDRINUSE` where the port is taken.
 */
export async function startDev(options: DevOptions): Promise<RunningWorker> {
  const { entry, state, port, hostname, variables = {}, silent = false } = options
  Object.assign(process.env, QUIET_ENVIRONMENT)
  // If the port is taken, wrangler never becomes ready.
  await checkPort(port, hostname)
  const restoreSignals = watchSignals()
  const worker = await unstable_startWorker({
    config: resolve(WORKER_ROOT, 'wrangler.jsonc'),
    ...(entry !== undefined && { entrypoint: resolve(WORKER_ROOT, entry) }),
    bindings: toBindings(variables),
    dev: {
      inspector: false,
      logLevel: silent ? 'none' : 'error',
      persist: state,
      server: { hostname, port },
      watch: false,
    },
  })
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= worker.dispose()
    return stopped
  }
  try {
    const failed = once(worker.raw, 'error').then(([problem]) => {
      throw new Error('The Worker failed to start', { cause: problem })
    })
    await Promise.race([worker.ready, failed])
    restoreSignals()
    return { port: Number((await worker.url).port), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * wrangler adds listeners that end the process on a signal, which is for the caller to decide. Returns a function that
 * removes all listeners added since.
 */
function watchSignals(): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const
  const before = new Set(signals.flatMap((signal) => process.listeners(signal)))
  return () => {
    for (const signal of signals) {
      for (const listener of process.listeners(signal))
        if (!before.has(listener)) process.off(signal, listener)
    }
  }
}

function toBindings(variables: Readonly<Record<string, string | undefined>>) {
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined
  return Object.fromEntries(
    Object.entries(variables)
      .filter(isSet)
      .map(([name, value]) => [name, { type: 'plain_text', value } as const]),
  )
}

async function checkPort(port: number, hostname: string): Promise<void> {
  const server = createServer().listen(port, hostname)
  await once(server, 'listening')
  await new Promise((resolve) => server.close(resolve))
}
