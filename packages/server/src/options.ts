/** What every runtime's entry offers, whatever listens behind it. */

export interface ServeOptions {
  /** The app: `createApp(...).fetch`, or any web-standard handler. */
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Default: 8001. 0 takes a free one. */
  readonly port?: number | undefined
  /** Default: 127.0.0.1, this machine only. */
  readonly hostname?: string | undefined
  /**
   * A connection whose client takes none of a body for this many seconds is closed. What a kernel with large buffers takes
   * for a slow client shows only now and then: at 8 kB/s some every four minutes. Default: 300.
   */
  readonly writeTimeout?: number | undefined
  /** A request, its head and its content, must be there within this many seconds. Default: 10. */
  readonly headTimeout?: number | undefined
  /** Whether bodies are written straight from pooled buffers rather than as streams. Default: true. */
  readonly fastPath?: boolean | undefined
  /**
   * The `detail` of the 404 to a request target without a normal form, which the app does not see; give it the app's own
   * text. Default: `Not found`.
   */
  readonly notFound?: string | undefined
}

export interface RunningServer {
  /** The port that was taken. */
  readonly port: number
  /**
   * Stops cleanly: takes no more connections, answers what comes on those that are open with `Connection: close` (Bun
   * and Deno close those that are idle instead), lets running bodies finish for up to `drain` seconds, then cuts them.
   */
  stop(drain: number): Promise<void>
}

export const DEFAULTS = {
  port: 8001,
  hostname: '127.0.0.1',
  writeTimeout: 300,
  headTimeout: 10,
  drain: 30,
} as const

/** What the server answers to requests that the app does not see, by status; `notFound` replaces the 404's. */
export const REFUSALS = { 400: 'Bad request', 404: 'Not found', 505: 'HTTP version not supported' } as const
