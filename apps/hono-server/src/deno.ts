import { detailResponse } from '@rangekit/range-core'
import { listen } from './deno-listener.ts'
import { isPlainTarget } from './request-target.ts'
import { DEFAULTS, NOT_FOUND, type RunningServer, type ServeOptions } from './server.ts'

// Deno puts the Host field in front of the path unseen: what is no host would become part of the path, or all of it.
const HOST = /^(?:[\w.-]*|\[[\da-f:.]+\])(?::\d{1,5})?$/i
const ORIGIN = /^https?:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?=\/)/i

/**
 * Serves an app on Deno.
 *
 * @throws what `Deno.serve` fails with, `AddrInUse` among it.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { fetch, port = DEFAULTS.port, hostname = DEFAULTS.hostname } = options
  const listener = listen({
    port,
    hostname,
    handler: (request) =>
      // A target in absolute form brings its own host (RFC 9112 §3.2.2), which only the URL shows.
      HOST.test(request.headers.get('host') ?? '') && ORIGIN.test(request.url) && isPlainTarget(request.url)
        ? fetch(request)
        : detailResponse(request.method, 404, NOT_FOUND),
  })
  return {
    port: listener.port,
    // What still runs at the deadline ends with the process: Deno cannot cut a connection whose reader sleeps.
    stop: (drain) =>
      Promise.race([listener.shutdown(), new Promise<void>((resolve) => setTimeout(resolve, drain * 1000))]),
  }
}
export type { RunningServer, ServeOptions } from './server.ts'
