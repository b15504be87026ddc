import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerAt, type FetchHandler } from './answer-at.ts'
import { placeOf } from './mount.ts'
import { isUnanswered } from './native-response.ts'
import type { NodeHandlerOptions } from './to-node-handler.ts'

/** What is used of Koa's context. */
interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly originalUrl: string
  respond?: boolean | undefined
}

/**
 * A web-standard handler as a middleware of Koa, which otherwise is {@link toNodeHandler}. It resolves when the response
 * is over, so that middleware around it can measure it; Koa itself sends nothing.
 *
 * @param options with `fallthrough`, the next middleware gets what would be a 404 or a 405.
 * @example
 * app.use(mount('/api/stream', toKoaMiddleware(streamHandler(fileSource('./media')))))
 */
export function toKoaMiddleware(
  handler: FetchHandler,
  options: NodeHandlerOptions = {},
): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  const answer = answerAt(handler, options)
  const { fallthrough = false } = options
  return async (context, next) => {
    const { req, res, originalUrl } = context
    const { respond } = context
    context.respond = false
    // `close` is emitted only once.
    if (!isUnanswered(res)) return
    const isPassedOn = await new Promise<boolean>((resolve) => {
      res.once('close', () => resolve(false))
      const passOn = fallthrough ? () => resolve(true) : undefined
      answer(req, res, placeOf({ url: req.url, originalUrl }), passOn)
    })
    if (!isPassedOn) return
    context.respond = respond
    await next()
  }
}
