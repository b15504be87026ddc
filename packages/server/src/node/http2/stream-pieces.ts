import { READER_PROOF } from '@rangekit/range-core'
import type { Connection } from '../connection/connection.ts'
import { BufferPool } from '../response/buffer-pool.ts'
import type { Pieces } from '../response/channel.ts'

/** Where many streams of one connection wait for their client. */
const crowded = new BufferPool(16 * 1024, 256)
/** Until the client has proven that it reads. */
const small = new BufferPool(32 * 1024, 256)
/** Larger ones are not faster: frames have 16 KiB. */
const medium = new BufferPool(64 * 1024, 256)

/** With so many buffers in use on a connection, further ones are smaller. */
const CROWD = 16

/** The buffers that the streams of one connection use now. */
export interface Usage {
  pieces: number
}

/**
 * Chooses the buffer for each piece of one body. A client that opens many streams and reads none of them holds a buffer
 * for each, for as long as its window is closed, so the buffers get smaller the more there are.
 */
export class StreamPieces implements Pieces {
  readonly #connection: Connection
  readonly #usage: Usage
  readonly #length: number

  /** @param length bytes in the whole body. */
  constructor(connection: Connection, usage: Usage, length: number) {
    this.#connection = connection
    this.#usage = usage
    this.#length = length
  }

  next(): BufferPool {
    if (this.#length <= crowded.size || this.#usage.pieces >= CROWD) return crowded
    return this.#connection.taken < READER_PROOF ? small : medium
  }

  taken(_pool: BufferPool, bytes: number): void {
    this.#connection.taken += bytes
  }
}
