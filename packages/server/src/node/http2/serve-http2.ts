import {
  constants,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import { detailResponse } from '@rangekit/range-handler'
import { REFUSALS } from '../../options.ts'
import { type Answering, checkInterval } from '../connection/answering.ts'
import type { Refusal } from '../connection/request-head.ts'
import type { Channel } from '../response/channel.ts'
import { plainAnswer } from '../response/choose-answer.ts'
import { passToApp } from '../response/pass-to-app.ts'
import { sendResponse } from '../response/send-response.ts'
import { recorded } from '../served/recorded-channel.ts'
import { ServedRecord } from '../served/served-record.ts'
import { Http2Channel } from './http2-channel.ts'
import { SESSION_OPTIONS } from './session-limits.ts'
import { Session, Sessions } from './sessions.ts'
import { checkStreamHead, type StreamRefusal } from './stream-head.ts'
import { requestOf } from './stream-request.ts'

/** The HTTP/2 of a server. */
export interface Http2Acceptor {
  /** Takes over a connection that speaks HTTP/2 from its first byte on. */
  accept(socket: Socket): void
  /** Ends idle connections, and the others when their responses are sent. Also those that are accepted from now on. */
  close(): void
  /** Ends all connections at once. */
  destroy(): void
}

const REASONS = { ...REFUSALS, 408: 'Request timeout', 501: 'Not implemented' } as const

/** Answers requests over HTTP/2 (RFC 9113). */
export function serveHttp2(answering: Answering): Http2Acceptor {
  const { onRequest, notFound, watch, limits, headTimeout } = answering
  const reasons = { ...REASONS, 404: notFound ?? REASONS[404] }
  const sessions = new Sessions(checkInterval(headTimeout))
  let isClosing = false

  const refuse = (channel: Channel, status: StreamRefusal | Refusal['status'] | 408, fields = {}): void => {
    const response = detailResponse(channel.method, status, reasons[status], fields)
    void sendResponse(plainAnswer(response), channel)
  }
  // It would respond to what it refuses as over HTTP/1.1, and reset streams whose content has not come at once.
  const pass = passToApp(answering, { errorHandler() {}, autoCleanupIncoming: false })
  const receive = (stream: ServerHttp2Stream, channel: Channel, session: Session): void => {
    // No fault of the response (9113 §8.1).
    const close = () => stream.close(constants.NGHTTP2_NO_ERROR)
    session.receive(stream, () => {
      if (channel.isHeadSent && !stream.writableFinished) return channel.breakOff()
      if (channel.isHeadSent) return close()
      stream.once('finish', close)
      refuse(channel, 408)
    })
    // What the app has not read by then is discarded.
    stream.once('finish', () => stream.resume())
  }
  const handle = (
    session: Session,
    stream: ServerHttp2Stream,
    received: IncomingHttpHeaders,
    raw: readonly string[],
  ): void => {
    // Node reports a reset by the client as an error; here it shows in `close`.
    stream.on('error', () => {})
    session.add(stream)
    const { ':method': method = '', ':path': url } = received
    const own = new Http2Channel(method, stream, session.socket, watch, session)
    const { client } = own.connection
    const record =
      onRequest && new ServedRecord(onRequest, client, { method, url, httpVersion: '2.0', headers: received })
    const channel = recorded(own, record)
    const hasContent = !stream.endAfterHeaders
    if (hasContent) receive(stream, channel, session)
    const refusal = limits?.begin(session.socket)
    if (refusal !== undefined) {
      refuse(channel, refusal.status, refusal.fields)
      session.close()
      return
    }
    const head = checkStreamHead(received, raw)
    if (typeof head === 'number') {
      refuse(channel, head)
      return
    }
    const isExpected = head.headers.expect?.toLowerCase() === '100-continue'
    if (hasContent && isExpected) stream.additionalHeaders({ ':status': 100 })
    // Of the stream the adapter needs no more than what every stream has.
    const outgoing = stream as unknown as Http2ServerResponse
    if (!pass(requestOf(head, stream, client.isSecure), outgoing, channel)) refuse(channel, 400)
  }
  return {
    accept(socket) {
      const http2 = performServerHandshake(socket, SESSION_OPTIONS)
      const session = new Session(http2, socket, headTimeout)
      // What breaks the protocol ends its connection.
      http2.on('error', () => {})
      http2.on('stream', (stream, headers, _flags, raw) => handle(session, stream, headers, raw))
      sessions.add(session)
      if (isClosing) session.close()
    },
    close() {
      isClosing = true
      sessions.close()
    },
    destroy: () => sessions.destroy(),
  }
}
