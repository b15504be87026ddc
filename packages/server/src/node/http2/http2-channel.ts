import { validateHeaderValue } from 'node:http'
import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { type Connection, connectionOf } from '../connection/connection.ts'
import type { StallWatch } from '../connection/stall-watch.ts'
import { type Channel, ClientGone, type Part, type Pieces } from '../response/channel.ts'
import type { FieldRecord } from '../response/response-head.ts'
import { StreamPieces, type Usage } from './stream-pieces.ts'

/** Fields that speak of an HTTP/1.1 connection (9113 §8.2.2). */
const OF_CONNECTION = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

/** A stream of HTTP/2. */
export class Http2Channel implements Channel {
  readonly isNative = true
  readonly method: string
  readonly connection: Connection
  readonly #stream: ServerHttp2Stream
  readonly #socket: Socket
  readonly #watch: StallWatch
  readonly #usage: Usage
  /** Ends the write that is under way. */
  #settle: ((error?: Error | null) => void) | undefined

  /**
   * @param socket of the stream's connection.
   * @param watch resets the stream when its client stops reading it.
   * @param usage of the stream's connection.
   */
  constructor(method: string, stream: ServerHttp2Stream, socket: Socket, watch: StallWatch, usage: Usage) {
    this.method = method
    this.connection = connectionOf(socket)
    this.#stream = stream
    this.#socket = socket
    this.#watch = watch
    this.#usage = usage
    // A reset does not call back all writes that are under way.
    stream.once('close', () => this.#settle?.(new ClientGone()))
  }

  get isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed
  }

  get isHeadSent(): boolean {
    return this.#stream.headersSent
  }

  writeHead(status: number, fields: Readonly<FieldRecord>): void {
    const headers: OutgoingHttpHeaders = { ':status': status }
    for (const [canonical, value] of Object.entries(fields)) {
      const name = canonical.toLowerCase()
      if (OF_CONNECTION.has(name)) continue
      for (const line of typeof value === 'string' ? [value] : value) validateHeaderValue(name, line)
      headers[name] = value
    }
    if (this.isGone) throw new ClientGone()
    this.#stream.respond(headers)
  }

  /** A head that fails leaves nothing. */
  resetHead(): void {}

  /** A head is sent at the end of the turn. */
  flushHead(): void {}

  pieces(length: number): Pieces {
    return new StreamPieces(this.connection, this.#usage, length)
  }

  write(bytes: Uint8Array, part: Part): Promise<void> {
    const stream = this.#stream
    if (this.isGone) throw new ClientGone()
    return new Promise((resolve, reject) => {
      this.#usage.pieces++
      const stopWatching = this.#begin()
      const settle = (error?: Error | null) => {
        if (this.#settle !== settle) return
        this.#settle = undefined
        this.#usage.pieces--
        stopWatching()
        if (error) reject(new ClientGone())
        else resolve()
      }
      this.#settle = settle
      // Ending it with the last bytes saves a frame.
      if (part === 'more') stream.write(bytes, settle)
      else stream.end(bytes, settle)
    })
  }

  end(): void {
    const stream = this.#stream
    stream.once('close', this.#begin())
    stream.end()
  }

  /** Not with `close`: it ends the stream first, and a body without a length would look complete. */
  breakOff(): void {
    this.#stream.destroy(new Error('The response was broken off'))
  }

  onClose(callback: () => void): () => void {
    const stream = this.#stream
    // `close` is emitted only once.
    if (this.isGone) {
      callback()
      return () => {}
    }
    stream.once('close', callback)
    return () => stream.off('close', callback)
  }

  #begin(): () => void {
    return this.#watch.begin(this.#socket, () => this.breakOff())
  }
}
