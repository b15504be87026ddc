import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { Usage } from './stream-pieces.ts'

/** How long a connection stays open without a request, in milliseconds. A page asks again after a while. */
const IDLE_TIMEOUT = 60_000
/** How long a client may take to close a connection after GOAWAY, in milliseconds. */
const LINGER = 1000

/** One connection. */
export class Session implements Usage {
  readonly socket: Socket
  readonly #session: ServerHttp2Session
  readonly #headTimeout: number
  /** Requests under way. */
  #open = 0
  /** When it had no request under way, in milliseconds of the monotonic clock. */
  #idleSince = performance.now()
  #idleTimeout: number
  #closedAt: number | undefined
  /** When requests began whose content is still to come. */
  readonly #receiving = new Map<ServerHttp2Stream, { readonly since: number; readonly onLate: () => void }>()
  pieces = 0

  /** @param headTimeout how long a request may take to arrive, in milliseconds. */
  constructor(session: ServerHttp2Session, socket: Socket, headTimeout: number) {
    this.#session = session
    this.socket = socket
    this.#headTimeout = headTimeout
    this.#idleTimeout = headTimeout
  }

  /** A request has begun. */
  add(stream: ServerHttp2Stream): void {
    this.#open++
    this.#idleTimeout = IDLE_TIMEOUT
    stream.once('close', () => {
      if (--this.#open === 0) this.#idleSince = performance.now()
    })
  }

  /**
   * The content of a request is still to come.
   *
   * @param onLate called if it takes longer than it may.
   */
  receive(stream: ServerHttp2Stream, onLate: () => void): void {
    this.#receiving.set(stream, { since: performance.now(), onLate })
    const forget = () => this.#receiving.delete(stream)
    stream.once('end', forget).once('close', forget)
  }

  /** Ends what has been silent for too long. */
  check(): void {
    const now = performance.now()
    for (const [stream, { since, onLate }] of this.#receiving) {
      if (now - since < this.#headTimeout) continue
      this.#receiving.delete(stream)
      onLate()
    }
    if (this.#open > 0) return
    if (this.#closedAt !== undefined && now - Math.max(this.#closedAt, this.#idleSince) >= LINGER)
      this.socket.destroy()
    if (now - this.#idleSince >= this.#idleTimeout) this.close()
  }

  /** Lets running requests finish and refuses others with GOAWAY. The client may send those elsewhere (9113 §6.8). */
  close(): void {
    this.#closedAt ??= performance.now()
    if (!this.#session.closed) this.#session.close()
  }
}

/** The connections of a server. */
export class Sessions {
  readonly #all = new Set<Session>()
  readonly #interval: number
  #timer: NodeJS.Timeout | undefined

  /** @param interval between checks for silent connections, in milliseconds. */
  constructor(interval: number) {
    this.#interval = interval
  }

  /** Adds a connection until it ends. */
  add(session: Session): void {
    this.#all.add(session)
    this.#timer ??= setInterval(() => {
      for (const each of this.#all) each.check()
    }, this.#interval).unref()
    session.socket.once('close', () => {
      this.#all.delete(session)
      if (this.#all.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    })
  }

  /** See `Session.close`. */
  close(): void {
    for (const session of this.#all) session.close()
  }

  /** Ends all connections at once. */
  destroy(): void {
    for (const { socket } of this.#all) socket.destroy()
  }
}
