import { type RawOptions, rawExchanges } from './exchange.ts'
import { http2Exchange } from './http2-exchange.ts'
import type { Protocol } from './protocol.ts'
import { NoAnswerError, type RawResponse } from './received.ts'
import type { RawTarget } from './target.ts'

/**
 * Sends requests to a server, on a connection of their own, and reads the responses. More than one are pipelined, which
 * HTTP/2 is not asked for.
 */
export type Transport = (
  target: RawTarget,
  requestTexts: readonly string[],
  options: RawOptions,
) => Promise<readonly RawResponse[]>

/** How requests are sent over each protocol. */
export const TRANSPORTS: Readonly<Record<Protocol, Transport>> = {
  'http/1.1': rawExchanges,
  h2: (target, texts, options) =>
    Promise.all(texts.map((requestText) => http2Exchange(target, requestText, options))),
}

/**
 * Sends one request.
 *
 * @throws NoAnswerError when the server sends no response.
 */
export async function exchangeOver(
  protocol: Protocol,
  target: RawTarget,
  requestText: string,
  options: RawOptions,
): Promise<RawResponse> {
  const [response] = await TRANSPORTS[protocol](target, [requestText], options)
  if (response === undefined) throw new NoAnswerError('closed', 'no response')
  return response
}
