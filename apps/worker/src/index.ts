import { type AppOptions, createApp, NOT_FOUND } from '@rangekit/hono-server'
import { detailResponse, faultResponse, normalizeRequest } from '@rangekit/range-handler'
import { cachedMedia } from './cached-media.ts'
import type { Env } from './env.ts'
import { mediaSource } from './media-source.ts'

export type { Env } from './env.ts'

// An isolate has one environment for its whole life.
const apps = new WeakMap<Env, ReturnType<typeof createApp>>()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const app = appOf(env)
    if (app === undefined) return faultResponse(request.method, undefined)
    // The router and the key must see one spelling of the path. The platform has already resolved dot segments.
    const normal = normalizeRequest(request)
    const response =
      normal === undefined ? detailResponse(request.method, 404, NOT_FOUND) : await app.fetch(normal)
    // 9110 §6.6.1: an origin server with a clock MUST send Date. workerd leaves it to the proxy in front.
    response.headers.set('Date', new Date().toUTCString())
    return response
  },
}

/** The app of an environment; `undefined` if its configuration is wrong, which is logged. */
function appOf(env: Env): ReturnType<typeof createApp> | undefined {
  try {
    const app = apps.get(env) ?? createApp(appOptions(env))
    apps.set(env, app)
    return app
  } catch (error) {
    console.error(`rangekit: ${error instanceof Error ? error.message : error}; nothing is served`)
    return undefined
  }
}

function appOptions(env: Env): AppOptions {
  const { CACHE, CACHE_CONTROL, CORS_ORIGIN, SIGNING_SECRETS } = env
  const { source, scope } = mediaSource(env)
  const origins = words(CORS_ORIGIN)
  const [secret, ...olderSecrets] = words(SIGNING_SECRETS)
  // Set but empty is a mistake, which must not make signed files public.
  if (SIGNING_SECRETS !== undefined && secret === undefined) throw new TypeError('SIGNING_SECRETS is empty')
  return {
    source: isOn(CACHE) ? cachedMedia(source, scope) : source,
    cacheControl: CACHE_CONTROL,
    cors: origins.length > 1 ? origins : origins[0],
    signed: secret === undefined ? undefined : { secrets: [secret, ...olderSecrets] },
  }
}

function isOn(cache = 'off'): boolean {
  if (cache !== 'on' && cache !== 'off') throw new TypeError(`CACHE must be on or off, not ${cache}`)
  return cache === 'on'
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
