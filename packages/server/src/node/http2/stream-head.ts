import type { IncomingHttpHeaders } from 'node:http2'
import { normalizeTarget } from '@rangekit/range-handler'
import { HOST } from '../connection/request-head.ts'

/** The head of a request, checked, in the form of HTTP/1.1. */
export interface StreamHead {
  readonly method: string
  /** The target in normal form. */
  readonly url: string
  /** The fields by lower-case name, with Host. */
  readonly headers: IncomingHttpHeaders
  /** The names and values of all fields, with Host. */
  readonly rawHeaders: readonly string[]
}

/** A status instead of a head that the app can see. */
export type StreamRefusal = 400 | 404 | 501

/**
 * Checks what `node:http2` has not checked in the head of a request (9113 §8.3), and normalizes its target.
 *
 * The app sees Host, whether the client sent it or `:authority`, and no pseudo-header fields.
 *
 * @param received with names in lower case.
 */
export function checkStreamHead(
  received: IncomingHttpHeaders,
  rawReceived: readonly string[],
): StreamHead | StreamRefusal {
  const { ':method': method = '', ':path': path = '', ':authority': authority, host } = received
  // 9110 §9.3.6: only for proxies.
  if (method === 'CONNECT') return 501
  const named = authority ?? host ?? ''
  // 9113 §8.3.1: a Host that differs is malformed.
  if (!HOST.test(named) || (host !== undefined && !isSameHost(named, host))) return 400
  // Absolute targets, which proxies get in HTTP/1.1, are none of HTTP/2.
  const url = path.startsWith('/') ? normalizeTarget(path) : undefined
  if (url === undefined) return 404
  // Made anew: of fields whose lines add up, such as If-Match, Node keeps the first line.
  const headers: Record<string, string> = Object.create(null)
  headers['host'] = named
  const rawHeaders = ['host', named]
  for (let index = 0; index < rawReceived.length; index += 2) {
    const name = rawReceived[index] ?? ''
    if (name.startsWith(':') || name === 'host') continue
    const value = rawReceived[index + 1] ?? ''
    rawHeaders.push(name, value)
    const before = headers[name]
    // Clients split Cookie to compress it (9113 §8.2.3).
    headers[name] = before === undefined ? value : before + (name === 'cookie' ? '; ' : ', ') + value
  }
  return { method, url, headers, rawHeaders }
}

/** Whether two hosts are the same, but for the case and the default port (RFC 3986 §6.2.3). */
function isSameHost(one: string, other: string): boolean {
  return one === other || plain(one) === plain(other)
}

function plain(host: string): string {
  return host.toLowerCase().replace(/:(?:443|80)?$/, '')
}
