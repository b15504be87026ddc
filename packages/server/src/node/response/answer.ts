import { faultResponse, offerResponder, type PlannedBody } from '@rangekit/range-handler'
import { type PlannedResponse, plannedResponse, settle } from './deferred-response.ts'
import { sendBody } from './send-body.ts'
import { sendResponse } from './send-response.ts'
import type { Channel } from './write.ts'

export interface AnswerOptions {
  /** The app. */
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Whether planned bodies are written from pooled buffers rather than as streams. */
  readonly fastPath: boolean
}

/**
 * Has the app answer a request, and sends what it answers.
 *
 * A body that was planned for the request but is not the one that is sent is closed when the exchange is over; at once
 * where it is planned later than that, as when a middleware did not wait for a slow disk. Only a body that somebody has
 * begun to read is left to end as a stream ends.
 */
export function answer(request: Request, channel: Channel, { fetch, fastPath }: AnswerOptions): void {
  const { outgoing } = channel
  let offer: PlannedResponse | undefined
  let isSending = false
  let isOver = false

  offerResponder(request, (plan, body) => {
    offer = plannedResponse(plan, body)
    if (isOver) close(body)
    return offer
  })
  const onOver = () => {
    isOver = true
    if (offer !== undefined && !isSending && !offer.planned.representation.begun) close(offer.planned)
  }
  const send = (response: Response): void => {
    const settled = settle(response, offer)
    if ('body' in settled && fastPath) {
      isSending = true
      sendBody(settled, channel).catch(settled.body.onError)
    } else {
      outgoing.once('close', onOver)
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
      outgoing.once('close', onOver)
      response.then(send).catch(fail)
    } else {
      send(response)
    }
  } catch (error) {
    fail(error)
  }
}

function close(body: PlannedBody): void {
  // Also where it throws.
  Promise.resolve().then(body.close).catch(body.onError)
}
