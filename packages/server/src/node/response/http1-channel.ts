import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http'
import { isBun } from '../../runtime.ts'
import { type Connection, connectionOf } from '../connection/connection.ts'
import { resetIfOld } from '../connection/reset.ts'
import type { StallWatch } from '../connection/stall-watch.ts'
import { type Channel, ClientGone, type Part, type Pieces } from './channel.ts'
import { besideEarlier } from './earlier-fields.ts'
import { PiecePools } from './piece-pools.ts'
import type { FieldRecord } from './response-head.ts'

/** On Bun, one call for a body and its end is faster. */
const ENDS_WITH_BYTES = isBun

/** Whether the connection of a response has ended. */
export function isGone(outgoing: ServerResponse): boolean {
  return outgoing.destroyed || outgoing.req.socket.destroyed
}

/**
 * A response of `node:http`. Frameworks may also pass one of the same shape, such as the HTTP/2 response of
 * `node:http2`: it is not native.
 */
export class Http1Channel implements Channel {
  readonly isNative: boolean
  readonly #outgoing: ServerResponse
  readonly #watch: StallWatch
  readonly #earlier: Readonly<OutgoingHttpHeaders> | undefined

  /**
   * @param watch closes the connection when its client stops reading.
   * @param isNative whether the response writes straight to its socket, see `isNative` of the doors.
   * @param earlier the fields that were set on the response before, by lower-case name. Default: none.
   */
  constructor(
    outgoing: ServerResponse,
    watch: StallWatch,
    isNative: boolean,
    earlier?: Readonly<OutgoingHttpHeaders>,
  ) {
    this.#outgoing = outgoing
    this.#watch = watch
    this.isNative = isNative
    this.#earlier = earlier
  }

  get method(): string {
    return this.#outgoing.req.method ?? ''
  }

  get connection(): Connection {
    return connectionOf(this.#outgoing.req.socket)
  }

  get isGone(): boolean {
    return isGone(this.#outgoing)
  }

  get isHeadSent(): boolean {
    return this.#outgoing.headersSent
  }

  writeHead(status: number, fields: Readonly<FieldRecord>): void {
    const outgoing = this.#outgoing
    const all = this.#earlier === undefined ? fields : besideEarlier(outgoing, fields, this.#earlier)
    // HTTP/2 has no reason phrase, and Node warns of one.
    if (outgoing.req.httpVersionMajor > 1) outgoing.writeHead(status, all)
    // With an explicit reason phrase: after a failed attempt Node keeps the first one, and a fault would be `500 OK`.
    else outgoing.writeHead(status, STATUS_CODES[status] ?? '', all)
  }

  resetHead(): void {
    const outgoing = this.#outgoing
    for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name)
    for (const [name, value] of Object.entries(this.#earlier ?? {})) {
      if (value !== undefined) outgoing.setHeader(name, value)
    }
  }

  flushHead(): void {
    this.#outgoing.flushHeaders()
  }

  pieces(length: number): Pieces {
    return new PiecePools(this.connection, length)
  }

  write(bytes: Uint8Array, part: Part): Promise<void> | undefined {
    const outgoing = this.#outgoing
    const { socket } = outgoing.req
    if (isGone(outgoing)) throw new ClientGone()
    if (!this.isNative) return this.#writeThrough(bytes, part)
    let isTaken = false
    let hasFailed = false
    let onTaken = (error?: Error | null) => {
      if (error) hasFailed = true
      else isTaken = true
    }
    const callback = (error?: Error | null) => onTaken(error)
    // Corking sends the head together with the bytes; uncorking sends both now.
    socket.cork()
    if (part === 'only' && ENDS_WITH_BYTES) outgoing.end(bytes, callback)
    else outgoing.write(bytes, callback)
    socket.uncork()
    if (hasFailed) throw new ClientGone()
    // The callback comes later, but nothing is queued any more: the kernel has copied the bytes.
    isTaken ||= !outgoing.writableEnded && outgoing.writableLength === 0 && !socket.destroyed
    const finish = () => {
      // Not earlier: once a response has ended, Node considers its connection idle, and may close it with bytes unsent.
      if (part !== 'more' && !outgoing.writableEnded) this.end()
    }
    if (isTaken) {
      onTaken = () => {}
      finish()
      return undefined
    }
    return new Promise((resolve, reject) => {
      const stopWatching = this.#watch.begin(socket)
      const { onClose } = connectionOf(socket)
      const onGone = () => onTaken(new ClientGone())
      onClose.add(onGone)
      onTaken = (error) => {
        onTaken = () => {}
        stopWatching()
        onClose.delete(onGone)
        if (error) return reject(new ClientGone())
        finish()
        resolve()
      }
    })
  }

  /** Writes bytes through methods that a middleware has replaced, of which only the contract of a stream is known. */
  #writeThrough(bytes: Uint8Array, part: Part): Promise<void> | undefined {
    const outgoing = this.#outgoing
    const hasRoom = outgoing.write(bytes)
    if (part !== 'more') this.end()
    if (hasRoom || part !== 'more') return undefined
    return new Promise((resolve, reject) => {
      const stopWatching = this.#watch.begin(outgoing.req.socket)
      const settle = (act: () => void) => () => {
        stopWatching()
        outgoing.off('drain', onDrain).off('close', onClose)
        act()
      }
      const onDrain = settle(resolve)
      const onClose = settle(() => reject(new ClientGone()))
      outgoing.once('drain', onDrain).once('close', onClose)
    })
  }

  end(): void {
    const outgoing = this.#outgoing
    const { socket } = outgoing.req
    outgoing.end()
    if (socket.writableLength > 0 || outgoing.writableLength > 0) {
      outgoing.once('close', this.#watch.begin(socket))
    }
  }

  breakOff(): void {
    resetIfOld(this.#outgoing.req)
    this.#outgoing.destroy()
  }

  onClose(callback: () => void): () => void {
    const outgoing = this.#outgoing
    // `close` is emitted only once.
    if (isGone(outgoing)) {
      callback()
      return () => {}
    }
    outgoing.once('close', callback)
    return () => outgoing.off('close', callback)
  }
}
