import type { MaybePromise } from '@rangekit/range-core'
import type { BufferPool } from './buffer-pool.ts'
import type { SegmentReader } from './segment-reader.ts'

/** A pooled buffer and how much of it is filled. */
export interface Chunk {
  readonly pool: BufferPool
  readonly buffer: Buffer<ArrayBuffer>
  readonly length: number
}

/** The next bytes of a body, as many as fit into one of the pool's buffers. */
export function readChunk(reader: SegmentReader, pool: BufferPool): MaybePromise<Chunk> {
  const buffer = pool.take()
  const fail = (error: unknown) => {
    pool.give(buffer)
    throw error
  }
  try {
    const length = reader.fill(buffer)
    return length instanceof Promise
      ? length.then((length) => ({ pool, buffer, length }), fail)
      : { pool, buffer, length }
  } catch (error) {
    return fail(error)
  }
}

export function giveBack({ pool, buffer }: Chunk): void {
  pool.give(buffer)
}
