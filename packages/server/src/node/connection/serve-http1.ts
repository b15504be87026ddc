import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { detailResponse } from '@rangekit/range-handler'
import { REFUSALS, type ServeOptions } from '../../options.ts'
import { isDeno } from '../../runtime.ts'
import { answerRequest } from '../response/answer-request.ts'
import { plainAnswer } from '../response/choose-answer.ts'
import { Http1Channel } from '../response/http1-channel.ts'
import { sendResponse } from '../response/send-response.ts'
import { refuseClient } from './client-error.ts'
import { connectionOf } from './connection.ts'
import { inTurn } from './pipeline.ts'
import { checkHead } from './request-head.ts'
import type { StallWatch } from './stall-watch.ts'

/** What the requests of a server are answered with. */
export interface Http1Options extends Pick<ServeOptions, 'fetch' | 'notFound'> {
  readonly fastPath: boolean
  readonly watch: StallWatch
  /** How long a request may take to arrive, in milliseconds. */
  readonly headTimeout: number
  /** Whether each response is the last one on its connection. */
  readonly isStopping: () => boolean
}

/** Answers the HTTP/1.1 requests of a server, and refuses what is not HTTP. */
export function serveHttp1(server: Server, options: Http1Options): void {
  const { fetch, fastPath, watch, headTimeout, isStopping } = options
  const refusals = { ...REFUSALS, 404: options.notFound ?? REFUSALS[404] }
  const listen = getRequestListener(
    (request, bindings) => {
      // The adapter also supports HTTP/2, but this server is HTTP/1.1.
      const { outgoing } = bindings as HttpBindings
      const { client } = connectionOf(outgoing.req.socket)
      const channel = new Http1Channel(outgoing, watch, true)
      answerRequest(request, channel, { fetch: (asked) => fetch(asked, client), fastPath })
      return RESPONSE_ALREADY_SENT
    },
    // For HTTP/1.0, in which Host may be missing.
    { hostname: 'localhost' },
  )
  const handle = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    // Deno does not discard request content that the app left unread, and would not read the next request.
    if (isDeno) outgoing.once('finish', () => incoming.resume())
    const refusal = checkHead(incoming)
    if (isStopping() || refusal?.isFatal) outgoing.shouldKeepAlive = false
    if (refusal === undefined) return void listen(incoming, outgoing)
    const { status } = refusal
    const response = detailResponse(incoming.method ?? '', status, refusals[status])
    void sendResponse(plainAnswer(response), new Http1Channel(outgoing, watch, true))
  }
  server.on('request', (incoming, outgoing) => inTurn(incoming, outgoing, () => handle(incoming, outgoing)))
  // The type is Duplex, but every connection is a Socket.
  server.on('clientError', (error, socket) => refuseClient(error, socket as Socket, headTimeout))
}
