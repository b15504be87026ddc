import type { IncomingMessage } from 'node:http'
import { normalizeTarget } from '@rangekit/range-handler'

/** Why a request is not passed to the app. */
export interface Refusal {
  readonly status: 400 | 404 | 503 | 505
  /** Whether the connection ends after the response, for example because its framing cannot be trusted. */
  readonly isFatal: boolean
  /** Further fields of the response. */
  readonly fields?: Readonly<Record<string, string>>
}

/** `uri-host [ ":" port ]` (9110 §7.2, RFC 3986 §3.2.2), not empty: an http URI has a host (9110 §4.2.1). */
export const HOST = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i

/**
 * Checks the head of a request and normalizes its target (see `normalizeTarget`), before any middleware sees it.
 *
 * @returns why the request is refused, or `undefined`.
 */
export function checkHead(incoming: IncomingMessage): Refusal | undefined {
  // Parsers report a request line without a version as HTTP/0.9.
  if (incoming.httpVersionMajor === 0) return { status: 400, isFatal: true }
  // 9110 §15.6.6: an unsupported major version. HTTP/2 starts with a connection preface instead.
  if (incoming.httpVersionMajor !== 1) return { status: 505, isFatal: true }
  if (!hasOneHost(incoming)) return { status: 400, isFatal: true }
  // 9112 §6.1: Transfer-Encoding in an HTTP/1.0 request means faulty framing.
  if (incoming.httpVersionMinor === 0 && incoming.headers['transfer-encoding'] !== undefined) {
    return { status: 400, isFatal: true }
  }
  const target = normalizeTarget(incoming.url ?? '')
  if (target === undefined) return { status: 404, isFatal: false }
  incoming.url = target
  return undefined
}

/** 9112 §3.2: exactly one valid Host field; in HTTP/1.0 it may be missing. */
function hasOneHost({ rawHeaders, httpVersionMinor }: IncomingMessage): boolean {
  let host: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue
    if (host !== undefined) return false
    host = rawHeaders[index + 1] ?? ''
  }
  return host === undefined ? httpVersionMinor === 0 : HOST.test(host)
}
