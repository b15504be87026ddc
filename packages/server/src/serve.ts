import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { keepAccepting } from './deno/keep-accepting.ts'
import { checkInterval } from './node/connection/answering.ts'
import { drainServer } from './node/connection/drain.ts'
import { listenOn } from './node/connection/listen.ts'
import { OpenConnections } from './node/connection/open-connections.ts'
import { serveHttp1 } from './node/connection/serve-http1.ts'
import { StallWatch } from './node/connection/stall-watch.ts'
import { serveHttp2 } from './node/http2/serve-http2.ts'
import { limitsOf } from './node/limits/limits.ts'
import { createSecureServer } from './node/tls/secure-server.ts'
import { DEFAULTS, type RunningServer, type ServeOptions, type TlsCredentials } from './options.ts'
import { addDuplex } from './request-duplex.ts'
import { isBun, isDeno } from './runtime.ts'

/** The `node:http2` of Deno has ended the process under load, so there it has to be asked for. */
const OFFERS_HTTP2 = !isBun && !isDeno

/**
 * Serves an app over HTTP/1.1 and, with TLS, HTTP/2. On Bun and Deno it does so through their `node:http`.
 *
 * A response that carries a byte range of a source with `readInto` is sent from pooled buffers, with the status and the
 * fields that all middleware agreed on; every other response is sent as a stream. A body is exactly as long as its
 * Content-Length, or the connection ends. Malformed requests are refused, and request targets are normalized before the
 * app sees them.
 *
 * @returns the running server, once it listens.
 * @throws Error, as a rejection, if it cannot listen; its `code` is `EADDRINUSE` if the port is taken,
 * or if `tls` cannot be used.
 * @throws RangeError, as a rejection, if a limit is not a positive number.
 * @throws TypeError, as a rejection, for `fd` on another runtime than Node.
 * @example
 * const server = await serve({ fetch: createHandler(fileSource('./media')), port: 8001 })
 * console.log(`http://127.0.0.1:${server.port}/film.mp4`)
 * await server.stop(30)
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { fetch, notFound, onRequest, tls, fastPath = true } = options
  const { port = DEFAULTS.port, hostname = DEFAULTS.hostname, fd } = options
  // Bun would listen on all addresses instead, and Deno could not listen anew when descriptors have run out.
  if (fd !== undefined && (isBun || isDeno)) throw new TypeError('Only Node can listen on a descriptor')
  const { writeTimeout = DEFAULTS.writeTimeout, headTimeout: seconds = DEFAULTS.headTimeout } = options
  const headTimeout = Math.ceil(seconds * 1000)
  const watch = new StallWatch(writeTimeout * 1000)
  const limits = limitsOf(options)
  let isStopping = false

  addDuplex()
  const answering = { fetch, notFound, onRequest, fastPath, watch, limits, headTimeout }
  // An HTTPS server of Bun cannot hand over its connections.
  const offersHttp2 = tls !== undefined && !isBun && (options.http2 ?? OFFERS_HTTP2)
  const http2 = offersHttp2 ? serveHttp2(answering) : undefined
  const acceptHttp2 = (socket: Socket) => {
    open.handOver(socket)
    http2?.accept(socket)
  }
  const { server, setTls } = createListener(headTimeout, tls, http2 && acceptHttp2)
  const open = new OpenConnections(server)
  limits?.watch(server)
  serveHttp1(server, answering, () => isStopping)
  const taken = await listenOn(server, fd === undefined ? { port, host: hostname } : { fd })
  const stopAccepting = keepAccepting(server, taken, hostname)
  return {
    port: taken,
    get connections() {
      return open.size
    },
    setTls,
    async stop(drain) {
      isStopping = true
      stopAccepting()
      http2?.close()
      await drainServer(server, open, drain * 1000)
      http2?.destroy()
    },
  }
}

/** Creates what listens: an HTTP server or, with a certificate, an HTTPS server. */
function createListener(
  headTimeout: number,
  tls: TlsCredentials | undefined,
  acceptHttp2: ((socket: Socket) => void) | undefined,
) {
  const timeouts = {
    headersTimeout: headTimeout,
    requestTimeout: headTimeout,
    connectionsCheckingInterval: checkInterval(headTimeout),
  }
  const setTls = (): never => {
    throw new TypeError('The server was started without TLS')
  }
  const listener =
    tls === undefined
      ? { server: createServer(timeouts), setTls }
      : createSecureServer(tls, timeouts, acceptHttp2)
  // Bodies are watched by StallWatch. On Bun writing does not restart this timer.
  listener.server.timeout = 0
  return listener
}
