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
import { answerRequest } from './node/response/answer-request.ts'
import { plainAnswer } from './node/response/choose-answer.ts'
import { Http1Channel } from './node/response/http1-channel.ts'
import { sendResponse } from './node/response/send-response.ts'
import { DEFAULTS, REFUSALS, type RunningServer, type ServeOptions } from './options.ts'
import { addDuplex } from './request-duplex.ts'
import { isDeno } from './runtime.ts'

/**
 * Serves an app over HTTP/1.1 on Node, and on Bun and Deno through the same `node:http`.
 *
 * A response that carries a byte range of a source with `readInto` is sent from pooled buffers, with the status and the
 * fields that all middleware agreed on; every other response is sent as a stream. A body is exactly as long as its
 * Content-Length, or the connection ends. Malformed requests are refused, and request targets are normalized before the
 * app sees them.
 *
 * @returns the running server, once it listens.
 * @throws Error, as a rejection, if it cannot listen; its `code` is `EADDRINUSE` if the port is taken.
 * @example
 * const server = await serve({ fetch: createHandler(fileSource('./media')), port: 8001 })
 * console.log(`http://127.0.0.1:${server.port}/film.mp4`)
 * await server.stop(30)
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { fetch, port = DEFAULTS.port, hostname = DEFAULTS.hostname, fastPath = true } = options
  const { writeTimeout = DEFAULTS.writeTimeout, headTimeout = DEFAULTS.headTimeout } = options
  const refusals = { ...REFUSALS, 404: options.notFound ?? REFUSALS[404] }
  const watch = new StallWatch(writeTimeout * 1000)
  let isStopping = false

  addDuplex()
  const listen = getRequestListener(
    (request, bindings) => {
      // The adapter also supports HTTP/2, but this server is HTTP/1.1.
      const { outgoing } = bindings as HttpBindings
      answerRequest(request, new Http1Channel(outgoing, watch, true), { fetch, fastPath })
      return RESPONSE_ALREADY_SENT
    },
    // For HTTP/1.0, in which Host may be missing.
    { hostname: 'localhost' },
  )
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Deno does not discard request content that the app left unread, and would not read the next request.
    if (isDeno) outgoing.once('finish', () => incoming.resume())
    const refusal = checkHead(incoming)
    if (isStopping || refusal?.isFatal) outgoing.shouldKeepAlive = false
    if (refusal === undefined) return void listen(incoming, outgoing)
    const { status } = refusal
    const response = detailResponse(incoming.method ?? '', status, refusals[status])
    void sendResponse(plainAnswer(response), new Http1Channel(outgoing, watch, true))
  }
  const requestTimeout = Math.ceil(headTimeout * 1000)
  const server = createServer({
    headersTimeout: requestTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.ceil(Math.min(1000, requestTimeout / 4)),
  })
  server.on('request', (incoming, outgoing) => inTurn(incoming, outgoing, () => handle(incoming, outgoing)))
  // The type is Duplex, but without TLS every connection is a Socket.
  server.on('clientError', (error, socket) => refuseClient(error, socket as Socket, requestTimeout))
  // Bodies are watched by StallWatch. On Bun writing does not restart this timer.
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
