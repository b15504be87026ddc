import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { detailResponse } from '@rangekit/range-handler'
import { REFUSALS } from '../../options.ts'
import { isDeno } from '../../runtime.ts'
import { plainAnswer } from '../response/choose-answer.ts'
import { Http1Channel } from '../response/http1-channel.ts'
import { passToApp } from '../response/pass-to-app.ts'
import { sendResponse } from '../response/send-response.ts'
import { beginRecord, recordRefusal } from '../served/begin-record.ts'
import { recorded } from '../served/recorded-channel.ts'
import type { ServedRecord } from '../served/served-record.ts'
import type { Answering } from './answering.ts'
import { refuseClient } from './client-error.ts'
import { inTurn } from './pipeline.ts'
import { checkHead } from './request-head.ts'

/**
 * Answers the HTTP/1.1 requests of a server, and refuses what is not HTTP.
 *
 * @param isStopping whether each response is the last one on its connection.
 */
export function serveHttp1(server: Server, answering: Answering, isStopping: () => boolean): void {
  const { onRequest, notFound, watch, limits, headTimeout } = answering
  const refusals = { ...REFUSALS, 404: notFound ?? REFUSALS[404] }
  // For HTTP/1.0, in which Host may be missing.
  const pass = passToApp(answering, { hostname: 'localhost' })
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
      // The adapter has answered what it refuses.
      if (!pass(incoming, outgoing, channel)) record?.refuse(400)
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
