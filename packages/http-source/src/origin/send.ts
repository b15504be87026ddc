import { Exchange } from './exchange.ts'
import { OriginError } from './origin-error.ts'
import { BINDING, type OriginSettings } from './origin-options.ts'
import { FETCH_INIT, needsPermission } from './runtime.ts'
import { nameOf } from './status-fault.ts'

/** What is asked of an origin. */
export interface Asked {
  readonly method: 'GET' | 'HEAD'
  readonly url: string
  /** Whether `url` is at the origin that was named, which alone gets credentials. */
  readonly isOwn: boolean
  /** Set after signing, by names in lower case. */
  readonly fields: Readonly<Record<string, string>>
}

const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

/**
 * Makes one attempt: waits for a slot, signs, sends, and follows redirects as far as the options allow.
 *
 * @returns the answer, whatever its status, if it is no redirect. It must be read to its end, or ended.
 * @throws OriginError if there is none.
 */
export async function send(
  settings: OriginSettings,
  asked: Asked,
  signal: AbortSignal | undefined,
): Promise<Exchange> {
  signal?.throwIfAborted()
  const waiting = settings.slots.take(settings.timeout, signal)
  if (waiting !== undefined) await waiting
  const exchange = new Exchange(settings, signal)
  try {
    let target = asked
    for (let redirects = 0; ; redirects++) {
      exchange.answeredBy = target.url
      const { url, ...init } = await signed(settings, exchange, target)
      let response = await exchange.fetch(url, init)
      if (response.type === 'opaqueredirect') response = await followBlindly(settings, exchange, target, init)
      if (!REDIRECTS.has(response.status)) return exchange
      if (redirects === MAX_REDIRECTS) throw redirected(response, target.url, 'more than five times')
      target = redirect(settings, target, response)
    }
  } catch (error) {
    exchange.end()
    throw error
  }
}

export function isSameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin
}

async function signed(
  settings: OriginSettings,
  exchange: Exchange,
  asked: Asked,
): Promise<RequestInit & { url: string }> {
  const { method, url, isOwn, fields } = asked
  const init = { ...FETCH_INIT, method }
  if (!isOwn) return { ...init, url, headers: { ...fields } }
  const { headers, sign } = settings
  if (sign === undefined) return { ...init, url, headers: { ...headers, ...fields } }
  const result = await exchange.signed(() => sign({ method, url, headers }))
  const kept = Object.entries(result.headers).flatMap(([name, value]) => {
    const lower = name.toLowerCase()
    return BINDING.has(lower) ? [] : [[lower, value]]
  })
  return { ...init, url: result.url, headers: { ...Object.fromEntries(kept), ...fields } }
}

/** The same request, to where a redirect leads. */
function redirect(settings: OriginSettings, asked: Asked, response: Response): Asked {
  const location = response.headers.get('location') ?? ''
  if (settings.redirect === 'error') throw redirected(response, asked.url, 'by the origin')
  if (location === '' || !URL.canParse(location, asked.url)) throw redirected(response, asked.url, 'nowhere')
  const url = new URL(location, asked.url)
  url.hash = ''
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw redirected(response, asked.url, 'to what is no plain URL of http')
  }
  const stays = isSameOrigin(url.href, asked.url)
  if (!stays && settings.redirect !== 'follow')
    throw redirected(response, asked.url, `to ${nameOf(url.href)}`)
  // What was elsewhere once never gets credentials again, not even where they are from: it chose the path.
  return { ...asked, url: url.href, isOwn: asked.isOwn && stays }
}

/** In browsers, which tell where a redirect led only once they have followed it, with all fields. */
async function followBlindly(
  settings: OriginSettings,
  exchange: Exchange,
  asked: Asked,
  init: RequestInit,
): Promise<Response> {
  const hasSecrets = asked.isOwn && (settings.sign !== undefined || Object.keys(settings.headers).length > 0)
  if (hasSecrets || settings.redirect === 'error') {
    throw redirected(exchange.response, asked.url, 'to where a browser does not tell')
  }
  const stays = settings.redirect === 'same-origin' && !needsPermission(asked.url)
  // Elsewhere, all fields but Range may need permission.
  const { range } = asked.fields
  const how: RequestInit = stays ? { mode: 'same-origin' } : { headers: range === undefined ? {} : { range } }
  const response = await exchange
    .fetch(asked.url, { ...init, ...how, redirect: 'follow' })
    .catch((error: unknown) => {
      const isElsewhere = stays && error instanceof OriginError && error.fault === 'unreachable'
      throw isElsewhere ? redirected(exchange.response, asked.url, 'to another origin') : error
    })
  exchange.answeredBy = response.url
  if (settings.redirect === 'same-origin' && !isSameOrigin(response.url, asked.url)) {
    throw redirected(response, asked.url, `to ${nameOf(response.url)}`)
  }
  return response
}

function redirected({ status }: Response, url: string, where: string): OriginError {
  return new OriginError('redirected', `${nameOf(url)} was redirected ${where}`, { status })
}
