import { READER_PROOF } from '@rangekit/range-core'
import type { Connection } from '../connection/connection.ts'
import { BufferPool } from './buffer-pool.ts'
import type { Pieces } from './channel.ts'

/** For bodies that fit in one of these. */
const single = new BufferPool(64 * 1024, 256)
/** Until the client has proven that it reads: a stalled one holds one of these. */
const small = new BufferPool(32 * 1024, 512)
/** Afterwards: a client that pauses, as a player does, holds one of these... */
const medium = new BufferPool(64 * 1024, 256)
/** ...because this is used only if the kernel is known to have room for all of it. */
const large = new BufferPool(512 * 1024, 16)

/** Chooses the buffer for each piece of one body: large ones are faster, but a stalled client must not hold one. */
export class PiecePools implements Pieces {
  readonly #connection: Connection
  readonly #length: number
  /** Bytes for which the kernel still has room, as far as known. */
  #room: number

  /** @param length bytes in the whole body. */
  constructor(connection: Connection, length: number) {
    this.#connection = connection
    this.#length = length
    this.#room = connection.room
  }

  next(): BufferPool {
    if (this.#length <= single.size) return single
    if (this.#connection.taken < READER_PROOF) return small
    return this.#room >= large.size ? large : medium
  }

  taken(pool: BufferPool, bytes: number, atOnce: boolean): void {
    const connection = this.#connection
    connection.taken += bytes
    if (atOnce) {
      this.#room -= bytes
      return
    }
    // There was less room than assumed.
    if (pool === large) connection.room -= large.size
    this.#room = connection.room
  }
}
