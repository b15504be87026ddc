import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerAt, type DoorOptions, type FetchHandler } from './answer-at.ts'
import { ORIGIN } from './mount.ts'
import { isUnanswered } from './native-response.ts'

/** What is used of Fastify's request. */
interface FastifyRequest {
  readonly raw: IncomingMessage
  /** What the router sees: the option `rewriteUrl` may have changed it. */
  readonly url: string
}

/** What is used of Fastify's reply. */
interface FastifyReply {
  readonly raw: ServerResponse
  hijack(): unknown
  getHeaders(): Readonly<Record<string, number | string | readonly string[] | undefined>>
}

/** What is used of Fastify's instance. */
interface FastifyInstance {
  readonly prefix: string
  all(path: string, options: object, handler: (request: FastifyRequest, reply: FastifyReply) => void): unknown
}

/**
 * A web-standard handler as a plugin of Fastify, which otherwise is like {@link toNodeHandler}: everything below the
 * prefix with which it is registered is a key. Fields that hooks have set on the reply stand.
 *
 * @example
 * await app.register(toFastifyPlugin(streamHandler(fileSource('./media'))), { prefix: '/api/stream' })
 */
export function toFastifyPlugin(
  handler: FetchHandler,
  options: DoorOptions = {},
): (app: FastifyInstance) => Promise<void> {
  const answer = answerAt(handler, options)
  return async (app) => {
    // The prefix may have parameters, so the mount path is as many segments of the target.
    const { length } = app.prefix.replace(/\/$/, '').split('/')
    app.all('/*', {}, ({ raw, url }, reply) => {
      // Fastify sends nothing then, but runs its hooks when the response is over.
      reply.hijack()
      if (!isUnanswered(reply.raw)) return
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value)
      }
      // The router leaves out what a target in absolute form has in front (9112 §3.2.2).
      const path = url.replace(ORIGIN, '')
      const mountPath = path.split('/', length).join('/')
      answer(raw, reply.raw, { target: url, mountPath })
    })
  }
}
