import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { detailResponse } from '@rangekit/range-handler'
import { keepAccepting } from './deno/keep-accepting.ts'
import { refuseClient } from './node/connection/client-error.ts'
import { drainServer, watchSilent } from './node/connection/drain.ts'
import { inTurn } from './node/connection/pipeline.ts'
import { checkHead } from './node/connection/request-head.ts'
import { StallWatch } from './node/connection/stall-watch.ts'
import { answer } from './node/response/answer.ts'
import { sendResponse } from './node/response/send-response.ts'
import { plain } from './node/response/settle.ts'
import { DEFAULTS, REFUSALS, type RunningServer, type ServeOptions } from './options.ts'
import { isDeno } from './runtime.ts'

/**
 * Serves an app on Node, and on Bun and Deno through the same `node:http`.
 *
 * @throws what `listen` fails with, `EADDRINUSE` among it.
 * @example
 * const server = await serve({ fetch: createApp({ source: fileSource('./media') }).fetch })
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { fetch, port = DEFAULTS.port, hostname = DEFAULTS.hostname, fastPath = true } = options
  const { writeTimeout = DEFAULTS.writeTimeout, headTimeout = DEFAULTS.headTimeout } = options
  const refusals = { ...REFUSALS, 404: options.notFound ?? REFUSALS[404] }
  const watch = new StallWatch(writeTimeout * 1000)
  let isStopping = false

  const listen = getRequestListener(
    (request, bindings) => {
      // Of the two kinds that the adaptor knows, this server is the HTTP/1.1 one.
      const { outgoing } = bindings as HttpBindings
      answer(request, { outgoing, watch }, { fetch, fastPath })
      return RESPONSE_ALREADY_SENT
    },
    // For HTTP/1.0, where Host may be missing.
    { hostname: 'localhost' },
  )
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Deno does not by itself read on where nobody has read the content of a request.
    if (isDeno) outgoing.once('finish', () => incoming.resume())
    const refusal = checkHead(incoming)
    if (isStopping || refusal?.isFatal) outgoing.shouldKeepAlive = false
    if (refusal === undefined) return void listen(incoming, outgoing)
    const { status } = refusal
    const response = detailResponse(incoming.method ?? '', status, refusals[status])
    void sendResponse(plain(response), { outgoing, watch })
  }
  const requestTimeout = Math.ceil(headTimeout * 1000)
  const server = createServer({
    headersTimeout: requestTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.ceil(Math.min(1000, requestTimeout / 4)),
  })
  server.on('request', (incoming, outgoing) => inTurn(incoming, outgoing, () => handle(incoming, outgoing)))
  // A plain HTTP server's connections are sockets.
  server.on('clientError', (error, socket) => refuseClient(error, socket as Socket, requestTimeout))
  // Bodies have a watch of their own. On Bun this timer is not renewed by what is written.
  server.timeout = 0
  const silent = watchSilent(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host: hostname }, () => {
      server.off('error', reject).on('error', console.error)
      resolve()
    })
  })
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : port
  const stopAccepting = keepAccepting(server, taken, hostname)
  return {
    port: taken,
    async stop(drain) {
      isStopping = true
      stopAccepting()
      await drainServer(server, silent, drain * 1000)
    },
  }
}
