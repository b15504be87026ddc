import type { R2Bucket } from '@cloudflare/workers-types'
import { type AppOptions, createApp, NOT_FOUND } from '@rangekit/hono-server'
import { r2Source } from '@rangekit/r2-source'
import { detailResponse, normalizeRequest } from '@rangekit/range-handler'

/** The bindings and variables of `wrangler.jsonc`. */
export interface Env {
  readonly MEDIA: R2Bucket
  /** Cache-Control of the files. */
  readonly CACHE_CONTROL?: string
  /** Origins whose pages may read the files, with blanks between them, or `*`. */
  readonly CORS_ORIGIN?: string
  /** Secrets of signed links, with blanks between them; the others are refused then. Put it in a secret. */
  readonly SIGNING_SECRETS?: string
}

// An isolate has one environment for as long as it lives.
const apps = new WeakMap<Env, ReturnType<typeof createApp>>()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    let app = apps.get(env)
    if (app === undefined) {
      app = createApp(appOptions(env))
      apps.set(env, app)
    }
    // One spelling of the path for the router and the key. The platform has resolved dot segments already.
    const normal = normalizeRequest(request)
    const response =
      normal === undefined ? detailResponse(request.method, 404, NOT_FOUND) : await app.fetch(normal)
    // 9110 §6.6.1: a server with a clock MUST send it, and workerd leaves that to what stands before it.
    response.headers.set('Date', new Date().toUTCString())
    return response
  },
}

function appOptions({ MEDIA, CACHE_CONTROL, CORS_ORIGIN, SIGNING_SECRETS }: Env): AppOptions {
  const origins = words(CORS_ORIGIN)
  const [secret, ...olderSecrets] = words(SIGNING_SECRETS)
  // Set but empty is a mistake that must not open what was meant to be closed.
  if (SIGNING_SECRETS !== undefined && secret === undefined) throw new TypeError('SIGNING_SECRETS is empty')
  return {
    source: r2Source(MEDIA),
    cacheControl: CACHE_CONTROL,
    cors: origins.length > 1 ? origins : origins[0],
    signed: secret === undefined ? undefined : { secrets: [secret, ...olderSecrets] },
  }
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
