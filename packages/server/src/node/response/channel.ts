import type { Connection } from '../connection/connection.ts'
import type { ServedRecord } from '../served/served-record.ts'
import type { BufferPool } from './buffer-pool.ts'
import type { FieldRecord } from './response-head.ts'

/** Where one response is sent: over HTTP/1.1, or on a stream of HTTP/2. */
export interface Channel {
  /** The method of the request. */
  readonly method: string
  /** The state of the connection, which all streams of HTTP/2 on it share. */
  readonly connection: Connection
  /** Whether buffers can be reused once `write` says that their bytes were taken. */
  readonly isNative: boolean
  /** The record of the request. Default: nobody listens, and there is none. */
  readonly record?: ServedRecord | undefined
  /** Whether the client has left, or the response was broken off. */
  readonly isGone: boolean
  /** Whether a head was written. */
  readonly isHeadSent: boolean
  /** Writes the head. It may be sent together with the first bytes. */
  writeHead(status: number, fields: Readonly<FieldRecord>): void
  /** Removes what a failed attempt to write a head has left. */
  resetHead(): void
  /** Sends a head that was written. */
  flushHead(): void
  /** Chooses the buffers for a body of `length` bytes. */
  pieces(length: number): Pieces
  /**
   * Writes bytes after the head, and ends the response after the last ones.
   *
   * @returns `undefined` if the kernel took all of them at once, else a promise that resolves when it has. Do not
   * overwrite the bytes before that: until then, a runtime may send from this very memory.
   * @throws ClientGone, or rejects with it, if the client has left. The runtime may still hold the bytes then.
   */
  write(bytes: Uint8Array, part: Part): Promise<void> | undefined
  /** Ends a response, and watches what is still queued: a response without a body can stall, too. */
  end(): void
  /** Ends a response in the middle of its body, so that it does not look complete. */
  breakOff(): void
  /**
   * Calls back when the response is over, sent or not: at once if the client has left.
   *
   * @returns a function that removes the callback.
   */
  onClose(callback: () => void): () => void
}

/** Chooses the buffer for each piece of one body. */
export interface Pieces {
  /** The pool that the buffer for the next piece comes from. */
  next(): BufferPool
  /**
   * Records a piece that the kernel has taken.
   *
   * @param pool the pool that its buffer came from.
   * @param bytes how long it was.
   * @param atOnce whether the kernel took it without delay.
   */
  taken(pool: BufferPool, bytes: number, atOnce: boolean): void
}

/** Which part of a body some bytes are. */
export type Part = 'only' | 'more' | 'last'

/** The client left, which is not reported as a fault. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'

  constructor() {
    super('The client left')
  }
}
