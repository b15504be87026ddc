import { faultResponse, openExchange } from '@rangekit/range-handler'
import { sendBody } from './send-body.ts'
import { sendResponse } from './send-response.ts'
import { settle } from './settle.ts'
import { type Channel, isGone } from './write.ts'

export interface AnswerOptions {
  /** The app. */
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Whether planned bodies are written from pooled buffers rather than as streams. */
  readonly fastPath: boolean
}

/**
 * Has the app answer a request, and sends what it answers.
 *
 * A body that was deferred for the request but is not the one that is sent ends when the exchange is over; at once where
 * it is deferred later than that, as when a middleware did not wait for a slow disk. Only a body that somebody has begun
 * to read is left to end as a stream ends.
 */
export function answer(request: Request, channel: Channel, { fetch, fastPath }: AnswerOptions): void {
  const { outgoing } = channel
  const exchange = openExchange(request)
  const end = () => exchange.end()
  const endOnClose = () => {
    // Nothing closes a second time: the client may have left before the app was asked.
    if (isGone(outgoing)) end()
    else outgoing.once('close', end)
  }

  const send = (response: Response): void => {
    const settled = settle(response, exchange.last)
    if ('body' in settled && fastPath) {
      exchange.take(settled.body)
      sendBody(settled, channel).catch(settled.body.onError).finally(end)
    } else {
      endOnClose()
      const fieldsFor = 'body' in settled ? () => ({ ...settled.fields }) : settled.fieldsFor
      sendResponse({ response, fieldsFor }, channel).catch(console.error)
    }
  }
  const fail = (error: unknown): void => {
    console.error(error)
    send(faultResponse(request.method, error))
  }
  try {
    const response = fetch(request)
    if (response instanceof Promise) {
      endOnClose()
      response.then(send).catch(fail)
    } else {
      send(response)
    }
  } catch (error) {
    fail(error)
  }
}
