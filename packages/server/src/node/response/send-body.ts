import { type MaybePromise, READER_PROOF } from '@rangekit/range-core'
import { aborted, COMPLETE, failed, type Outcome } from '@rangekit/range-handler'
import { connectionOf } from '../connection/connection.ts'
import { BufferPool } from './buffer-pool.ts'
import { writeHead } from './field-names.ts'
import { SegmentReader } from './segment-reader.ts'
import { sendFault } from './send-response.ts'
import type { Planned } from './settle.ts'
import { type Channel, ClientGone, end, isGone, write } from './write.ts'
import { endOfTurn } from './write-batch.ts'

/** For bodies that need no more than one of these. */
const single = new BufferPool(64 * 1024, 256)
/** Until a client has proven that it reads: a stalled one holds one of these. */
const small = new BufferPool(32 * 1024, 512)
/** Afterwards: a client that pauses, as a player does, holds one of these... */
const medium = new BufferPool(64 * 1024, 256)
/** ...for this is used only where the kernel is known to have room for all of it. */
const large = new BufferPool(512 * 1024, 16)
/** What one client gets, in bytes, before the others have their turn. */
const TURN = 2 * 1024 * 1024

/**
 * Sends a planned body straight from pooled buffers: the kernel takes the bytes from the buffer that they were read into.
 * Ends the body when it is sent, has failed or has lost its client; no read is under way then.
 */
export async function sendBody(planned: Planned, channel: Channel): Promise<void> {
  const { representation, onError } = planned.body
  let outcome: Outcome = COMPLETE
  try {
    await send(planned, channel)
  } catch (error) {
    outcome = error instanceof ClientGone ? aborted(error) : failed(error)
    if (outcome.kind === 'failed') {
      onError(error)
      await sendFault(error, channel)
    }
  } finally {
    await representation.end(outcome)
  }
}

async function send({ status, fields, body }: Planned, channel: Channel): Promise<void> {
  const { outgoing } = channel
  await endOfTurn()
  // Its body may have been closed then, before the app had answered.
  if (isGone(outgoing)) throw new ClientGone()
  const reader = new SegmentReader(body)
  if (reader.done) {
    writeHead(outgoing, status, fields)
    end(channel)
    return
  }
  const connection = connectionOf(outgoing.req.socket)
  let inTurn = 0
  let { room } = connection
  const nextPool = () => {
    if (reader.length <= single.size) return single
    if (connection.taken < READER_PROOF) return small
    return room >= large.size ? large : medium
  }
  do {
    const pool = nextPool()
    const buffer = pool.take()
    const filled: MaybePromise<number> = reader.fill(buffer)
    const length = typeof filled === 'number' ? filled : await filled
    const isFirst = !outgoing.headersSent
    // Only now: a fault of the first read can still be answered for.
    if (isFirst) writeHead(outgoing, status, fields)
    const part = reader.done ? (isFirst ? 'only' : 'last') : 'more'
    const written = write(channel, buffer.subarray(0, length), part)
    if (written !== undefined) await written
    // The last use: the read into it has ended, and the kernel has copied what was written from it. Where either failed,
    // a runtime might still hold it, so it is left to the collector.
    pool.give(buffer)
    connection.taken += length
    if (written === undefined) {
      inTurn += length
      room -= length
    } else {
      inTurn = 0
      // There was less room than thought.
      if (pool === large) connection.room -= large.size
      room = connection.room
    }
    if (inTurn >= TURN) {
      inTurn = 0
      await endOfTurn()
    }
  } while (!reader.done)
}
