/** What differs between the `fetch` of runtimes. */

const userAgent: string = globalThis.navigator?.userAgent ?? ''

/** Promises and counts do not outlive a request on Workers, so nothing that waits is shared between requests. */
export const IS_WORKERD = userAgent === 'Cloudflare-Workers'

/** Bun decodes unless it is told not to; Deno does not decode answers to a Range request. All others decode. */
export const FETCH_KEEPS_CODINGS = 'Bun' in globalThis || 'Deno' in globalThis

/**
 * Node closes the connection of a HEAD. A request in the same turn may be put on it, and from then on Node 24 closes the
 * connection of each request that follows without a pause.
 */
export const CLOSES_AFTER_HEAD = userAgent.startsWith('Node.js')

/** Of all runtimes, only browsers have IndexedDB. */
const IS_BROWSER = 'indexedDB' in globalThis

/**
 * Whether a browser would ask the origin for permission before it sends other fields than Range (Fetch, CORS
 * preflight). Many origins that allow ranges do not allow If-Match; the validators in the answer say the same.
 */
export function needsPermission(url: string): boolean {
  return IS_BROWSER && new URL(url).origin !== globalThis.location?.origin
}

/** What `fetch` is told besides the request. */
export const FETCH_INIT: Readonly<Record<string, unknown>> = {
  redirect: 'manual',
  // Not read by other runtimes than Bun.
  decompress: false,
  // Chrome lets requests for one URL wait for each other if they may be cached; workerd may not know the option.
  ...(IS_BROWSER && { cache: 'no-store' }),
}
