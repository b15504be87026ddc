import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerAt, type DoorOptions, type FetchHandler } from './answer-at.ts'
import { placeOf } from './mount.ts'

/** Options of {@link toNodeHandler} and {@link toKoaMiddleware}. */
export interface NodeHandlerOptions extends DoorOptions {
  /**
   * Whether the next handler gets the request, if there is one, instead of the client a 404 or a 405. Default: false.
   */
  readonly fallthrough?: boolean | undefined
}

/** A request listener of `node:http`, and a middleware of Express, Connect and Polka. */
export type NodeHandler = (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  next?: (error?: unknown) => unknown,
) => void

/**
 * A web-standard handler as a request listener of `node:http`, a middleware of Express 4 and 5, Connect or Polka, or an
 * API route of Next's pages.
 *
 * Byte ranges are sent as `serve` sends them, from pooled buffers, unless a middleware in front has replaced the methods
 * of the response, as `compression()` does: then as streams. The web request has the whole URL that the client asked
 * for, and a handler without a `prefix` takes what is below the mount path of `app.use` for the key. Fields that
 * middleware has set on the response before stand, except those that describe a body, such as Content-Type.
 *
 * The web request is a light stand-in, made without touching the globals of the app: `new Request(request.url, request)`
 * and `request.clone()` copy it, but `new Request(request)` throws.
 *
 * A target that a URL parser would resolve to another path, such as one with dot segments, is a 404. Paths are not
 * brought to normal form: what is in front has seen them already.
 *
 * @example
 * app.use('/api/stream', toNodeHandler(streamHandler(fileSource('./media'))))
 */
export function toNodeHandler(handler: FetchHandler, options: NodeHandlerOptions = {}): NodeHandler {
  const answer = answerAt(handler, options)
  const { fallthrough = false } = options
  return (incoming, outgoing, next) => {
    const passOn = fallthrough && next !== undefined ? () => void next() : undefined
    answer(incoming, outgoing, placeOf(incoming), passOn)
  }
}
