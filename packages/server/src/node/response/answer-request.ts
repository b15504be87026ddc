import { aborted, failed, faultResponse, openExchange } from '@rangekit/range-handler'
import type { Channel } from './channel.ts'
import { chooseAnswer, type PlainAnswer, plainAnswer } from './choose-answer.ts'
import { sendDeferred } from './send-deferred.ts'
import { sendResponse } from './send-response.ts'

export interface AnswerOptions {
  /** The app. */
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Whether deferred bodies are written from pooled buffers rather than as streams. */
  readonly fastPath: boolean
  /** Called instead of sending a 404 or a 405. Default: they are sent. */
  readonly passOn?: (() => void) | undefined
}

/**
 * Passes a request to the app, and sends the app's response.
 *
 * A body that was deferred for the request but is not sent ends when the exchange is over, or at once if it is deferred
 * later than that, for example when a middleware did not wait for a slow disk. A body that is already being read is the
 * exception: it ends as its stream does.
 */
export function answerRequest(
  request: Request,
  channel: Channel,
  { fetch, fastPath, passOn }: AnswerOptions,
): void {
  const exchange = openExchange(request)
  const end = () => exchange.end()

  const sendPlain = (answer: PlainAnswer): void => {
    channel.onClose(end)
    sendResponse(answer, channel).catch(console.error)
  }
  const send = (response: Response): void => {
    if (passOn !== undefined && (response.status === 404 || response.status === 405)) {
      end()
      // Fails if something is reading it.
      response.body?.cancel().catch(() => {})
      passOn()
      return
    }
    if (exchange.fault !== undefined && response.status >= 500) channel.record?.fail(exchange.fault)
    const answer = chooseAnswer(response, exchange.last)
    if (answer.kind === 'deferred' && fastPath && channel.isNative) {
      exchange.take(answer.body)
      sendDeferred(answer, channel).catch(answer.body.onError).finally(end)
    } else {
      sendPlain(
        answer.kind === 'plain' ? answer : { kind: 'plain', response, fieldsFor: () => answer.fields },
      )
    }
  }
  const fail = (error: unknown): void => {
    // What was done for a client that has left stops, which is not a fault.
    if (channel.isGone) {
      channel.record?.end(aborted(error))
      end()
      return
    }
    console.error(error)
    channel.record?.fail(failed(error))
    sendPlain(plainAnswer(faultResponse(request.method, error)))
  }
  try {
    const response = fetch(request)
    if (response instanceof Promise) {
      channel.onClose(end)
      response.then(send).catch(fail)
    } else {
      send(response)
    }
  } catch (error) {
    fail(error)
  }
}
