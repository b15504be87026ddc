import type { R2Bucket } from '@cloudflare/workers-types'
import { type AppOptions, createApp, NOT_FOUND } from '@rangekit/hono-server'
import { r2Source } from '@rangekit/r2-source'
import { detailResponse, normalizeRequest } from '@rangekit/range-handler'
import { cachedMedia } from './cached-media.ts'

/** The bindings and variables of `wrangler.jsonc`. */
export interface Env {
  readonly MEDIA: R2Bucket
  /** Cache-Control of the files. Default: the one stored with each object. */
  readonly CACHE_CONTROL?: string
  /** Origins whose pages may read the files, separated by spaces, or `*`. Default: none. */
  readonly CORS_ORIGIN?: string
  /**
   * `on`: what was read from the bucket is kept in the Cache API of the data center. It has an effect only on a domain of
   * your own. Default: off.
   */
  readonly CACHE?: string
  /**
   * Secrets of signed links, separated by spaces: only links signed with one of them are served. Store it as a secret.
   * Default: no signature is required.
   */
  readonly SIGNING_SECRETS?: string
}

// An isolate has one environment for its whole life.
const apps = new WeakMap<Env, ReturnType<typeof createApp>>()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    let app = apps.get(env)
    if (app === undefined) {
      app = createApp(appOptions(env))
      apps.set(env, app)
    }
    // The router and the key must see one spelling of the path. The platform has already resolved dot segments.
    const normal = normalizeRequest(request)
    const response =
      normal === undefined ? detailResponse(request.method, 404, NOT_FOUND) : await app.fetch(normal)
    // 9110 §6.6.1: an origin server with a clock MUST send Date. workerd leaves it to the proxy in front.
    response.headers.set('Date', new Date().toUTCString())
    return response
  },
}

function appOptions({ MEDIA, CACHE, CACHE_CONTROL, CORS_ORIGIN, SIGNING_SECRETS }: Env): AppOptions {
  const source = r2Source(MEDIA)
  const origins = words(CORS_ORIGIN)
  const [secret, ...olderSecrets] = words(SIGNING_SECRETS)
  // Set but empty is a mistake, which must not make signed files public.
  if (SIGNING_SECRETS !== undefined && secret === undefined) throw new TypeError('SIGNING_SECRETS is empty')
  return {
    source: isOn(CACHE) ? cachedMedia(source, 'r2') : source,
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
