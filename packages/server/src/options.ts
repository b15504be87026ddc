import type { Client } from './client.ts'
import type { RequestListener } from './served.ts'

/** Options of `serve`. */
export interface ServeOptions {
  /**
   * The app: a web-standard handler, such as one from `createHandler` or the `fetch` of a Hono app. A Hono app finds the
   * client in `context.env`.
   */
  readonly fetch: (request: Request, client: Client) => Response | Promise<Response>
  /** The TCP port; 0 takes a free one. Default: 8001. */
  readonly port?: number | undefined
  /** The name or address to listen on. Default: `127.0.0.1`, which only this machine can reach. */
  readonly hostname?: string | undefined
  /**
   * The descriptor of a socket that listens already, such as one that systemd hands over, in place of `port` and
   * `hostname`. On Node only. Default: the server opens its own.
   */
  readonly fd?: number | undefined
  /** Serves HTTPS with this certificate instead of plain HTTP. Default: plain HTTP. */
  readonly tls?: TlsCredentials | undefined
  /**
   * Whether clients that offer it get HTTP/2, which needs `tls`. Default: true on Node, false on Deno, whose `node:http2` is
   * not sound yet; on Bun never.
   */
  readonly http2?: boolean | undefined
  /**
   * A connection is closed if its client takes nothing for this long while a response is being sent, in seconds. Large
   * receive buffers make a slow client's progress visible only now and then: at 8 kB/s some every four minutes. The time
   * for which a body waits for its writer, or any app for what it sends next, does not count. Default: 300.
   */
  readonly writeTimeout?: number | undefined
  /**
   * How long a request, its head and its content, may take to arrive, in seconds; a TLS handshake, too. Default: 10.
   */
  readonly headTimeout?: number | undefined
  /**
   * How fast bodies are sent on one connection, in bytes per second; all streams of HTTP/2 together are one connection. A
   * fifth of a second of it may be sent at once. Default: no limit.
   */
  readonly rate?: number | undefined
  /**
   * How fast bodies are sent on all connections together, in bytes per second. Each connection gets the same share; what
   * one leaves is shared by the others. Default: no limit.
   */
  readonly totalRate?: number | undefined
  /**
   * How many connections may be open. One more is answered with a 503 and closed; when many are being refused, the others
   * are closed without an answer. Default: no limit.
   */
  readonly maxConnections?: number | undefined
  /** The same for the connections from one IPv4 address, or from one /64 of IPv6 addresses. Default: no limit. */
  readonly maxConnectionsPerAddress?: number | undefined
  /** Whether deferred bodies are sent from pooled buffers rather than as streams. Default: true. */
  readonly fastPath?: boolean | undefined
  /**
   * The `detail` of the 404 for a request target that has no normal form. The app does not see such a request, so set
   * this to the text of the app's own 404. Default: `Not found`.
   */
  readonly notFound?: string | undefined
  /** Told of each request and its end. Default: nobody listens, and nothing is recorded. */
  readonly onRequest?: RequestListener | undefined
}

/** A certificate and its private key. */
export interface TlsCredentials {
  /** The certificate in PEM, followed by those that lead to a known authority. */
  readonly cert: string | Uint8Array
  /** The private key of the first certificate, in PEM, not encrypted. */
  readonly key: string | Uint8Array
}

/** A server that `serve` has started. */
export interface RunningServer {
  /** The TCP port that it listens on. */
  readonly port: number
  /** How many connections are open, those that are idle or still in their handshake included. */
  readonly connections: number
  /**
   * Uses another certificate for all handshakes from now on. Open connections are not affected.
   *
   * @throws Error if the pair cannot be used, for example because the key is that of another certificate; the server then
   * keeps the one that it has.
   * @throws TypeError if the server has no TLS, or the runtime cannot replace a certificate, as Bun cannot.
   */
  setTls(credentials: TlsCredentials): void
  /**
   * Stops the server: it accepts no more connections, and running responses may finish, those that wait for what is still
   * being written included. A request that still arrives on
   * an open connection is answered with `Connection: close`; Bun closes idle connections at once instead.
   *
   * @param drain how long running responses may take, in seconds.
   * @returns a promise that resolves when no connection is open, or when that time is over and the rest were cut.
   */
  stop(drain: number): Promise<void>
}

/** The defaults of `ServeOptions`, and of a `drain` for `RunningServer.stop`; times are in seconds. */
export const DEFAULTS = {
  port: 8001,
  hostname: '127.0.0.1',
  writeTimeout: 300,
  headTimeout: 10,
  drain: 30,
} as const

/** The `detail` of responses to requests that the app does not see, by status. `notFound` replaces the 404's. */
export const REFUSALS = {
  400: 'Bad request',
  404: 'Not found',
  503: 'Too many connections',
  505: 'HTTP version not supported',
} as const
