import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { detailResponse } from '@rangekit/range-handler'
import { REFUSALS, type ServeOptions } from '../../options.ts'
import { isDeno } from '../../runtime.ts'
import type { Limits } from '../limits/limits.ts'
import { answerRequest } from '../response/answer-request.ts'
import type { Channel } from '../response/channel.ts'
import { plainAnswer } from '../response/choose-answer.ts'
import { Http1Channel } from '../response/http1-channel.ts'
import { sendResponse } from '../response/send-response.ts'
import { beginRecord, recordRefusal } from '../served/begin-record.ts'
import { recorded } from '../served/recorded-channel.ts'
import type { ServedRecord } from '../served/served-record.ts'
import { refuseClient } from './client-error.ts'
import { inTurn } from './pipeline.ts'
import { checkHead } from './request-head.ts'
import type { StallWatch } from './stall-watch.ts'

/** What the requests of a server are answered with. */
export interface Http1Options extends Pick<ServeOptions, 'fetch' | 'notFound' | 'onRequest'> {
  readonly fastPath: boolean
  readonly watch: StallWatch
  /** Default: none. */
  readonly limits: Limits | undefined
  /** How long a request may take to arrive, in milliseconds. */
  readonly headTimeout: number
  /** Whether each response is the last one on its connection. */
  readonly isStopping: () => boolean
}

/** Answers the HTTP/1.1 requests of a server, and refuses what is not HTTP. */
export function serveHttp1(server: Server, options: Http1Options): void {
  const { fetch, onRequest, fastPath, watch, limits, headTimeout, isStopping } = options
  const refusals = { ...REFUSALS, 404: options.notFound ?? REFUSALS[404] }
  // Where the response goes to the request that is passed to the adapter, until it calls back, which it does at once.
  let passing: Channel | undefined
  const listen = getRequestListener(
    (request) => {
      if (passing === undefined) return
      const { client } = passing.connection
      answerRequest(request, passing, { fetch: (asked) => fetch(asked, client), fastPath })
      passing = undefined
      return RESPONSE_ALREADY_SENT
    },
    // For HTTP/1.0, in which Host may be missing.
    { hostname: 'localhost' },
  )
  const handle = (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    record: ServedRecord | undefined,
  ): void => {
    // Deno does not discard request content that the app left unread, and would not read the next request.
    if (isDeno) outgoing.once('finish', () => incoming.resume())
    const refusal = limits?.begin(incoming.socket) ?? checkHead(incoming)
    if (isStopping() || refusal?.isFatal) outgoing.shouldKeepAlive = false
    const channel = recorded(new Http1Channel(outgoing, watch, true), record)
    if (refusal === undefined) {
      passing = channel
      void listen(incoming, outgoing)
      if (passing === undefined) return
      passing = undefined
      // The adapter has refused it: no URL can be made of its target and Host.
      record?.refuse(400)
      return
    }
    const { status, fields } = refusal
    const response = detailResponse(incoming.method ?? '', status, refusals[status], fields)
    void sendResponse(plainAnswer(response), channel)
  }
  server.on('request', (incoming, outgoing) => {
    const record = beginRecord(onRequest, incoming, outgoing)
    inTurn(incoming, outgoing, () => handle(incoming, outgoing, record))
  })
  // The type is Duplex, but every connection is a Socket.
  server.on('clientError', (error, duplex) => {
    const socket = duplex as Socket
    const onRefused = onRequest && ((status: number) => recordRefusal(onRequest, socket, status))
    refuseClient(error, socket, headTimeout, onRefused)
  })
}
