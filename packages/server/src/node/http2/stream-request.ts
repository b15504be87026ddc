import { Http2ServerRequest, type ServerHttp2Stream } from 'node:http2'
import type { StreamHead } from './stream-head.ts'

/**
 * A request as the adapter to web requests reads it. Without content that is not more than its head, which costs less than
 * a request of `node:http2`.
 *
 * @param isSecure decides on the scheme, whatever `:scheme` says.
 */
export function requestOf(
  head: StreamHead,
  stream: ServerHttp2Stream,
  isSecure: boolean,
): Http2ServerRequest {
  const { method, url, headers, rawHeaders } = head
  if (method === 'GET' || method === 'HEAD') {
    const plain = { method, url, headers, rawHeaders, socket: { encrypted: isSecure } }
    return plain as unknown as Http2ServerRequest
  }
  const pseudo = {
    ':method': method,
    ':scheme': isSecure ? 'https' : 'http',
    ':authority': headers.host,
    ':path': url,
  }
  return new Http2ServerRequest(stream, { ...headers, ...pseudo }, {}, rawHeaders)
}
