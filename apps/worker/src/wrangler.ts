import { once } from 'node:events'
import { createServer } from 'node:net'
import { resolve } from 'node:path'
import { unstable_startWorker } from 'wrangler'

/** The folder of this app, with `wrangler.jsonc`. */
export const WORKER_ROOT = resolve(import.meta.dirname, '..')

/** Keeps `wrangler` from asking, from reporting, from looking anything up, and from writing logs. */
export const QUIET_ENVIRONMENT = {
  CI: '1',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_WRITE_LOGS: 'false',
} as const

export interface DevOptions {
  /** The Worker's entry, from {@link WORKER_ROOT}. Default: the one of `wrangler.jsonc`. */
  readonly entry?: string | undefined
  /** The folder that keeps the local bucket. */
  readonly state: string
  /** 0 takes a free one. */
  readonly port: number
  readonly hostname: string
  /** Variables of the Worker. Default: none. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined
  /** Prints not even errors. Default: false. */
  readonly silent?: boolean | undefined
}

export interface RunningWorker {
  /** The port that was taken. */
  readonly port: number
  /** Stops workerd, once for all calls. */
  stop(): Promise<void>
}

/**
 * Runs a Worker on workerd with a local bucket, as `wrangler dev` does, but as it is now: without watching its
 * sources. Only errors are printed, to stderr.
 *
 * @throws Error where it cannot start; with the code `EADDRINUSE` where the port is taken.
 */
export async function startDev(options: DevOptions): Promise<RunningWorker> {
  const { entry, state, port, hostname, variables = {}, silent = false } = options
  Object.assign(process.env, QUIET_ENVIRONMENT)
  // With a port that is taken, wrangler would never be ready.
  await tryPort(port, hostname)
  const giveBackSignals = watchSignals()
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
      throw new Error('The Worker does not start', { cause: problem })
    })
    await Promise.race([worker.ready, failed])
    giveBackSignals()
    return { port: Number((await worker.url).port), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * wrangler ends the process at a signal. That is not for it to decide where it is only used: the function that this
 * returns takes off the listeners that were added since.
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

async function tryPort(port: number, hostname: string): Promise<void> {
  const server = createServer().listen(port, hostname)
  await once(server, 'listening')
  await new Promise((resolve) => server.close(resolve))
}
