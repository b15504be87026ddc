import type { MiddlewareHandler } from 'hono'
import { renderForbidden } from '../pages/missing-page.ts'
import type { Access, Grant } from './access.ts'

/** Routes behind {@link guard}: what the request may see is `context.var.grant`. */
export interface GuardedEnv {
  readonly Variables: { grant: Grant }
}

/**
 * Admits requests that have a grant, and answers others with a 403. A route still checks whether the grant includes what
 * the request names. What is not for everybody is kept out of shared caches, and a signed link out of Referer.
 */
export function guard(access: Access): MiddlewareHandler<GuardedEnv> {
  return async (context, next) => {
    const grant = await access.grantOf(context.req.raw)
    if (grant === undefined) return renderForbidden(context)
    context.set('grant', grant)
    await next()
    if (access.isSigned) context.header('Referrer-Policy', 'no-referrer')
    if (access.isPrivate)
      context.header('Cache-Control', privately(context.res.headers.get('Cache-Control') ?? 'no-store'))
    return undefined
  }
}

/** A value of Cache-Control that keeps a response out of shared caches. */
export function privately(caching: string): string {
  return /\b(?:no-store|private)\b/i.test(caching) ? caching : `private, ${caching}`
}
