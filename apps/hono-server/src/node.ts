import type { Server } from 'node:http'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { andThen, detailResponse, offerResponder, type PlannedBody } from '@rangekit/range-core'
import { drainServer, watchSilent } from './node-drain.ts'
import { sendPlanned } from './node-writer.ts'
import { plannedResponse, settle } from './planned-response.ts'
import { isPlainTarget } from './request-target.ts'
import { DEFAULTS, NOT_FOUND, type RunningServer, type ServeOptions } from './server.ts'

/**
 * Serves an app on Node, and on Bun through the same `node:http`.
 *
 * @throws what `listen` fails with, `EADDRINUSE` among it.
 * @example
 * const server = await serve({ fetch: createApp({ source: fileSource('./media') }).fetch })
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { fetch, port = DEFAULTS.port, hostname = DEFAULTS.hostname, fastPath = true } = options
  const { writeTimeout = DEFAULTS.writeTimeout, headTimeout = DEFAULTS.headTimeout } = options
  let stopping = false
  const server = createAdaptorServer({
    fetch: (request, bindings) => {
      // Of the two kinds that the adaptor knows, this server is the HTTP/1.1 one.
      const { incoming, outgoing } = bindings as HttpBindings
      if (stopping) outgoing.shouldKeepAlive = false
      if (!isPlainTarget(incoming.url ?? '')) return detailResponse(request.method, 404, NOT_FOUND)
      let planned: PlannedBody | undefined
      if (fastPath) {
        offerResponder(request, (plan, body) => {
          planned = body
          return plannedResponse(plan, body)
        })
      }
      return andThen(fetch(request), (response) => {
        const settled = settle(response)
        if (settled instanceof Response) {
          // A middleware may have put another body in the place of the planned one, and forgotten that.
          if (planned !== undefined) outgoing.once('close', closer(planned))
          return settled
        }
        sendPlanned(settled, outgoing).catch(settled.body.onError)
        return RESPONSE_ALREADY_SENT
      })
    },
    serverOptions: {
      headersTimeout: headTimeout * 1000,
      requestTimeout: headTimeout * 1000,
      connectionsCheckingInterval: Math.min(1000, headTimeout * 250),
    },
  }) as Server
  server.timeout = writeTimeout * 1000
  const silent = watchSilent(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host: hostname }, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop(drain) {
      stopping = true
      await drainServer(server, silent, drain * 1000)
    },
  }
}
function closer(body: PlannedBody): () => void {
  return () => void (async () => body.close())().catch(body.onError)
}

export type { RunningServer, ServeOptions } from './server.ts'
