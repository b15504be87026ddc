import { createServer } from 'node:http'
import { keepAccepting } from './deno/keep-accepting.ts'
import { drainServer } from './node/connection/drain.ts'
import { listenOn } from './node/connection/listen.ts'
import { OpenConnections } from './node/connection/open-connections.ts'
import { serveHttp1 } from './node/connection/serve-http1.ts'
import { StallWatch } from './node/connection/stall-watch.ts'
import { limitsOf } from './node/limits/limits.ts'
import { createSecureServer } from './node/tls/secure-server.ts'
import { DEFAULTS, type RunningServer, type ServeOptions, type TlsCredentials } from './options.ts'
import { addDuplex } from './request-duplex.ts'

/**
 * Serves an app over HTTP/1.1, with or without TLS, on Node, and on Bun and Deno through the same `node:http`.
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
 * @example
 * const server = await serve({ fetch: createHandler(fileSource('./media')), port: 8001 })
 * console.log(`http://127.0.0.1:${server.port}/film.mp4`)
 * await server.stop(30)
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { fetch, notFound, onRequest, tls, fastPath = true } = options
  const { port = DEFAULTS.port, hostname = DEFAULTS.hostname } = options
  const { writeTimeout = DEFAULTS.writeTimeout, headTimeout: seconds = DEFAULTS.headTimeout } = options
  const headTimeout = Math.ceil(seconds * 1000)
  const watch = new StallWatch(writeTimeout * 1000)
  const limits = limitsOf(options)
  let isStopping = false

  addDuplex()
  const { server, setTls } = createListener(headTimeout, tls)
  const open = new OpenConnections(server)
  limits?.watch(server)
  serveHttp1(server, {
    fetch,
    notFound,
    onRequest,
    fastPath,
    watch,
    limits,
    headTimeout,
    isStopping: () => isStopping,
  })
  const taken = await listenOn(server, port, hostname)
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
      await drainServer(server, open, drain * 1000)
    },
  }
}

/** Creates what listens: an HTTP server or, with a certificate, an HTTPS server. */
function createListener(headTimeout: number, tls: TlsCredentials | undefined) {
  const timeouts = {
    headersTimeout: headTimeout,
    requestTimeout: headTimeout,
    connectionsCheckingInterval: Math.ceil(Math.min(1000, headTimeout / 4)),
  }
  const setTls = (): never => {
    throw new TypeError('The server was started without TLS')
  }
  const listener =
    tls === undefined ? { server: createServer(timeouts), setTls } : createSecureServer(tls, timeouts)
  // Bodies are watched by StallWatch. On Bun writing does not restart this timer.
  listener.server.timeout = 0
  return listener
}
