import { serve } from '@rangekit/server'
import { listenProblem } from '../command/problem.ts'
import { isWorker } from '../command/workers.ts'
import type { Problem } from '../place/place.ts'
import type { TlsFlags } from './flags.ts'

/** A server for plain http that sends clients to https. */
export interface Redirects {
  readonly port: number
  /** Sends clients to this port from now on, unless the options name another. */
  begin(securePort: number): void
  stop(): Promise<void>
}

/**
 * Starts what `--redirect-port` asks for; of several processes, in the one that prints.
 *
 * @returns why it cannot listen; `undefined` if it is not wanted here.
 */
export async function openRedirects(
  { redirectPort, redirectTo }: TlsFlags,
  host: string,
): Promise<Redirects | Problem | undefined> {
  if (redirectPort === undefined || isWorker) return undefined
  let target: number | undefined
  try {
    const { port, stop } = await serve({
      port: redirectPort,
      hostname: host,
      fetch: ({ url }) => redirect(target, url),
    })
    return {
      port,
      begin(securePort) {
        target = redirectTo ?? securePort
      },
      stop: () => stop(0),
    }
  } catch (error) {
    return { problem: listenProblem(error, host, redirectPort, '--redirect-port') }
  }
}

/** The same URL over https. A 308 keeps the method (9110 §15.4.9). */
function redirect(port: number | undefined, url: string): Response {
  if (port === undefined) return new Response(null, { status: 503, headers: { 'Retry-After': '1' } })
  const location = new URL(url)
  location.protocol = 'https:'
  location.port = String(port)
  return new Response(null, { status: 308, headers: { Location: location.href } })
}
