/** What every runtime's entry offers, whatever listens behind it. */

export interface ServeOptions {
  /** The app: `createApp(...).fetch`, or any web-standard handler. */
  readonly fetch: (request: Request) => Response | Promise<Response>
  /** Default: 8001. 0 takes a free one. */
  readonly port?: number | undefined
  /** Default: 127.0.0.1, this machine only. */
  readonly hostname?: string | undefined
  /** A connection on which nothing moves for this many seconds is closed. Not on Deno. Default: 60. */
  readonly writeTimeout?: number | undefined
  /** The head of a request must be there within this many seconds. Not on Deno. Default: 10. */
  readonly headTimeout?: number | undefined
  /** Whether bodies are written straight from pooled buffers where the runtime allows it (Node, Bun). Default: true. */
  readonly fastPath?: boolean | undefined
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
  writeTimeout: 60,
  headTimeout: 10,
  drain: 30,
} as const

export const NOT_FOUND = 'Archivo no encontrado'
