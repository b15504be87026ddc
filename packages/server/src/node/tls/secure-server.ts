import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Server, ServerOptions } from 'node:http'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { createSecureContext, type TLSSocket } from 'node:tls'
import type { TlsCredentials } from '../../options.ts'
import { isBun } from '../../runtime.ts'
import { carrierOf } from '../connection/open-connections.ts'

/** The protocols over TLS that are HTTP/1 (7301 §6). Some clients that speak HTTP/1.0 offer only that. */
const HTTP1 = ['http/1.1', 'http/1.0']
const HTTP2 = 'h2'

/** An HTTPS server, and how its certificate is replaced. */
export interface SecureServer {
  readonly server: Server
  /** See `RunningServer.setTls`. */
  setTls(credentials: TlsCredentials): void
}

/**
 * Creates an HTTPS server.
 *
 * @param options of its HTTP/1.1; `requestTimeout` is also how long a handshake may take.
 * @param acceptHttp2 takes over connections whose client prefers HTTP/2. Default: HTTP/2 is not offered.
 * @throws Error if the certificate and the key cannot be used.
 */
export function createSecureServer(
  credentials: TlsCredentials,
  options: ServerOptions,
  acceptHttp2?: (socket: TLSSocket) => void,
): SecureServer {
  const server = createServer({
    ...options,
    ...pairOf(credentials),
    handshakeTimeout: options.requestTimeout,
    // The server's order decides (7301 §3.2).
    ALPNProtocols: acceptHttp2 === undefined ? HTTP1 : [HTTP2, ...HTTP1],
  })
  if (acceptHttp2 !== undefined) {
    const listeners = server.listeners('secureConnection')
    server.removeAllListeners('secureConnection').on('secureConnection', (socket) => {
      if (socket.alpnProtocol === HTTP2) acceptHttp2(socket)
      else for (const listener of listeners) listener.call(server, socket)
    })
  }
  // Instead of reporting it as the error of a client that speaks HTTP: no response would arrive.
  server
    .removeAllListeners('tlsClientError')
    .on('tlsClientError', ({ code }: NodeJS.ErrnoException, socket: TLSSocket) => {
      if (code === 'ERR_SSL_HTTP_REQUEST') refusePlain(carrierOf(socket))
      else socket.destroy()
    })
  return {
    server,
    setTls(next) {
      if (isBun) throw new TypeError('Bun cannot replace the certificate of a server that is running')
      server.setSecureContext(pairOf(next))
    },
  }
}

const PLAIN_HTTP = 'This port speaks https, not http.\n'

/** Answers a client that speaks HTTP without TLS. */
function refusePlain(carrier: Socket): void {
  const fields = `Connection: close\r\nContent-Type: text/plain\r\nContent-Length: ${PLAIN_HTTP.length}`
  const response = `HTTP/1.1 400 Bad Request\r\n${fields}\r\n\r\n${PLAIN_HTTP}`
  carrier.on('error', () => {}).end(response, () => carrier.destroy())
}

/**
 * Checks a certificate and its key: Deno would fail only at the first handshake.
 *
 * @throws Error if they cannot be used.
 */
function pairOf({ cert, key }: TlsCredentials) {
  const pair = { cert: Buffer.from(cert), key: Buffer.from(key) }
  const isPair = new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))
  if (!isPair) throw new Error('The private key is not that of the certificate')
  createSecureContext(pair)
  return pair
}
