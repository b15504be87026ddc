import type { Outcome } from '@rangekit/range-handler'
import type { Client } from './client.ts'

/**
 * One request to a server and its response, from the head of the request to the end of the response. What changes
 * meanwhile is read when it is asked for: no callback runs for each piece of a body.
 */
export interface ServedRequest {
  /** `undefined` for what is refused because it is not HTTP, is too large or too late: nothing of it is known. */
  readonly method: string | undefined
  /** The request target as received, such as `/film.mp4?t=1`; `undefined` where the method is. */
  readonly target: string | undefined
  /** Such as `1.1`; `undefined` where the method is. */
  readonly httpVersion: string | undefined
  /** The other end of the connection. */
  readonly client: Client
  /** When the head of the request had arrived, in milliseconds since 1970. */
  readonly startedAt: number
  /** The status that was sent. 499 as long as there is none, so also if the client left before one was sent. */
  readonly status: number
  /** Bytes in the planned body, 0 if the response has none; `undefined` if that is not known. */
  readonly length: number | undefined
  /** How many bytes of the body the kernel has taken so far, counted piece by piece, without framing and compression by TLS. */
  readonly bytesSent: number
  /** Milliseconds from the arrival to the head of the response; `undefined` as long as there is none. */
  readonly firstByteAfter: number | undefined
  /** Milliseconds from the arrival to the end, or until now. */
  readonly duration: number
  /**
   * How it ended; `undefined` while it is under way. `complete` if all of the response was sent, whatever its status;
   * `failed` if something failed, also where all of a 500 was sent; `aborted` if the client left.
   */
  readonly outcome: Outcome | undefined
  /**
   * A field of the request.
   *
   * @param name in lower case.
   * @returns its value, several lines joined; `undefined` if it is missing.
   */
  requestField(name: string): string | undefined
  /**
   * A field of the response that was sent.
   *
   * @param name in canonical spelling, such as `Content-Range`.
   * @returns its value, several lines joined; `undefined` if it is missing or there is no response yet.
   */
  responseField(name: string): string | undefined
}

/**
 * Listens to the requests of a server, those included that the app does not see. It is called once for each, when its
 * head has arrived, or when it is refused without one; what it returns is called once, when the response has ended,
 * with the same object. Both run while requests are served, so they should be quick; what they throw goes to the
 * console.
 *
 * @example
 * const lines = []
 * const onRequest = () => ({ method, target, status, bytesSent, outcome }) => {
 *   lines.push(`${method} ${target}: ${status}, ${bytesSent} bytes, ${outcome.kind}`)
 * }
 * const server = await serve({ fetch: createHandler(source), port: 0, onRequest })
 * const response = await fetch(`http://127.0.0.1:${server.port}/film.mp4`, { headers: { Range: 'bytes=0-1' } })
 * await response.arrayBuffer()
 * await server.stop(1)
 * lines // ['GET /film.mp4: 206, 2 bytes, complete']
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a listener that does not care about the end returns nothing.
export type RequestListener = (served: ServedRequest) => ((served: ServedRequest) => void) | void
