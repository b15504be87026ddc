import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { detailResponse, normalizeTarget, setMountPath } from '@rangekit/range-handler'
import { DEFAULTS, REFUSALS } from '../../options.ts'
import { isDeno } from '../../runtime.ts'
import { StallWatch } from '../connection/stall-watch.ts'
import { answerRequest } from '../response/answer-request.ts'
import { plainAnswer } from '../response/choose-answer.ts'
import { Http1Channel } from '../response/http1-channel.ts'
import { sendResponse } from '../response/send-response.ts'
import type { Place } from './mount.ts'
import { isNative, isUnanswered } from './native-response.ts'

/** Options of the doors to frameworks on `node:http`. */
export interface DoorOptions {
  /**
   * A connection is closed if its client takes nothing for this long while a response is being sent, in seconds.
   * Default: 300.
   */
  readonly writeTimeout?: number | undefined
  /** Whether bodies of files are sent from pooled buffers rather than as streams. Default: true. */
  readonly fastPath?: boolean | undefined
  /** The `detail` of the 404 for a request target that has no normal form. Default: `Not found`. */
  readonly notFound?: string | undefined
}

/** A web-standard handler, such as one of `streamHandler`, or the `fetch` of an app. */
export type FetchHandler = (request: Request) => Response | Promise<Response>

/**
 * Answers one request of `node:http`, unless its response has begun or its client has left.
 *
 * @param passOn called instead of answering with a 404 or a 405, if there is one.
 */
export type AnswerAt = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  place: Place,
  passOn?: () => void,
) => void

// The process is another app's: it keeps its own Request and Response, and sees to unread content itself.
const LISTENER = { hostname: 'localhost', overrideGlobalObjects: false, autoCleanupIncoming: false }

/** Makes what all doors share. */
export function answerAt(handler: FetchHandler, options: DoorOptions): AnswerAt {
  const { fastPath = true, notFound = REFUSALS[404], writeTimeout = DEFAULTS.writeTimeout } = options
  const watch = new StallWatch(writeTimeout * 1000)

  return (incoming, outgoing, { target, mountPath }, passOn) => {
    // Our bytes would become part of another body.
    if (!isUnanswered(outgoing)) return
    // Deno does not discard request content that the app left unread, and would not read the next request.
    if (isDeno) outgoing.once('finish', () => incoming.resume())
    const channel = new Http1Channel(outgoing, watch, isNative(outgoing), outgoing.getHeaders())
    const { url } = incoming
    const answer = (): void => {
      const listen = getRequestListener((request) => {
        incoming.url = url
        if (mountPath !== undefined) setMountPath(request, mountPath)
        answerRequest(request, channel, { fetch: handler, fastPath, passOn })
        return RESPONSE_ALREADY_SENT
      }, LISTENER)
      // The web request takes its URL from here, at once.
      incoming.url = target
      void listen(incoming, outgoing)
      incoming.url = url
    }
    const refuse = (): void => {
      const response = detailResponse(incoming.method ?? '', 404, notFound)
      sendResponse(plainAnswer(response), channel).catch(console.error)
    }
    // A URL parser would resolve such a target to another path than the guards in front have seen.
    const isNormal = normalizeTarget(target) !== undefined
    const act = isNormal ? answer : (passOn ?? refuse)
    // Without a socket, responses to earlier requests of the connection are being sent (9112 §9.3.2). A waiting request
    // holds no file.
    if (outgoing.socket === null && channel.isNative) outgoing.once('socket', () => queueMicrotask(act))
    else act()
  }
}
