import { getRequestListener } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { ServeOptions } from '../../options.ts'
import { answerRequest } from './answer-request.ts'
import type { Channel } from './channel.ts'

type Adapter = typeof getRequestListener
type Incoming = Parameters<ReturnType<Adapter>>[0]
type Outgoing = Parameters<ReturnType<Adapter>>[1]

/**
 * Passes a request to the app, which answers through the channel.
 *
 * @returns whether the app has got it: the adapter refuses one if no URL can be made of its target and Host.
 */
export type PassToApp = (incoming: Incoming, outgoing: Outgoing, channel: Channel) => boolean

/** Makes web requests of those of `node:http` and `node:http2`, and passes them to an app. */
export function passToApp(
  { fetch, fastPath }: Pick<ServeOptions, 'fetch'> & { readonly fastPath: boolean },
  options: Parameters<Adapter>[1],
): PassToApp {
  // Where the response goes to the request that is passed to the adapter, until it calls back, which it does at once.
  let passing: Channel | undefined
  const listen = getRequestListener((request) => {
    if (passing === undefined) return
    const { client } = passing.connection
    answerRequest(request, passing, { fetch: (asked) => fetch(asked, client), fastPath })
    passing = undefined
    return RESPONSE_ALREADY_SENT
  }, options)
  return (incoming, outgoing, channel) => {
    passing = channel
    void listen(incoming, outgoing)
    const isPassed = passing === undefined
    passing = undefined
    return isPassed
  }
}
