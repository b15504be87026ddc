import type { MiddlewareHandler } from 'hono'
import { renderForbidden } from '../pages/missing-page.ts'
import type { Access, Grant } from './access.ts'

/** Routes behind {@link guard}: what the request may see is `context.var.grant`. */
export interface GuardedEnv {
  readonly Variables: { grant: Grant }
}

/**
 * Admits requests that have a grant, and answers others with a 403. A route still checks whether the grant includes what
 * the request names. What is shown by a signed link is kept out of caches, and the link out of Referer.
 */
export function guard(access: Access): MiddlewareHandler<GuardedEnv> {
  return async (context, next) => {
    const grant = await access.grantOf(context.req.raw)
    if (grant === undefined) return renderForbidden(context)
    context.set('grant', grant)
    await next()
    if (!access.isSigned) return undefined
    context.header('Referrer-Policy', 'no-referrer')
    const caching = context.res.headers.get('Cache-Control')
    if (caching === null) context.header('Cache-Control', 'private, no-store')
    else if (!/\b(?:no-store|private)\b/i.test(caching))
      context.header('Cache-Control', `private, ${caching}`)
    return undefined
  }
}
