import type { MaybePromise } from '@rangekit/range-core'
import { aborted, COMPLETE, failed, type Outcome } from '@rangekit/range-handler'
import { allowance } from '../limits/allowance.ts'
import { type Channel, ClientGone } from './channel.ts'
import type { DeferredAnswer } from './choose-answer.ts'
import { endOfTurn } from './end-of-turn.ts'
import { SegmentReader } from './segment-reader.ts'
import { sendFault } from './send-response.ts'

/** How many bytes one client gets before the others have their turn. */
const TURN = 2 * 1024 * 1024

/**
 * Sends a deferred body: bytes that the source has in memory from there, all others from pooled buffers. The kernel takes
 * them from the very buffer that they were read into.
 * Ends the body as complete, as failed, or as aborted if the client left. No read is under way then.
 */
export async function sendDeferred(answer: DeferredAnswer, channel: Channel): Promise<void> {
  const { representation, onError } = answer.body
  let outcome: Outcome = COMPLETE
  try {
    await send(answer, channel)
  } catch (error) {
    outcome = error instanceof ClientGone ? aborted(error) : failed(error)
    if (outcome.kind === 'aborted') channel.record?.end(outcome)
    if (outcome.kind === 'failed') {
      onError(error)
      const status = await sendFault(error, channel)
      if (representation.transfer !== undefined && status !== undefined)
        representation.transfer.status = status
    }
  } finally {
    await representation.end(outcome)
  }
}

async function send({ status, fields, body }: DeferredAnswer, channel: Channel): Promise<void> {
  const { transfer } = body.representation
  if (transfer !== undefined) transfer.status = status
  await endOfTurn()
  // If the client left before the app answered, the exchange has already ended the body.
  if (channel.isGone) throw new ClientGone()
  const reader = new SegmentReader(body)
  if (reader.done) {
    channel.writeHead(status, fields)
    channel.end()
    return
  }
  const { share } = channel.connection
  const pools = channel.pieces(reader.length)
  let sent = 0
  let inTurn = 0
  do {
    if (reader.awaits) {
      // It may take minutes. The client learns at once what it will get, and no buffer is held.
      if (!channel.isHeadSent) {
        channel.writeHead(status, fields)
        channel.flushHead()
      }
      await unlessGone(reader.whenThere(), channel)
    }
    const pool = pools.next()
    // Before a buffer is taken, which must not be held while others have their turn.
    const want = Math.min(pool.size, reader.length - sent)
    const room = share === undefined ? pool.size : await allowance(share, want, channel)
    const view = reader.view(room)
    const buffer = view ?? pool.take()
    const space = room < pool.size ? buffer.subarray(0, room) : buffer
    const filled: MaybePromise<number> = view?.byteLength ?? reader.fill(space)
    const length = typeof filled === 'number' ? filled : await filled
    share?.giveBack(room - length)
    const isFirst = !channel.isHeadSent
    // Not earlier: if the first read fails, the client still gets a proper error response.
    if (isFirst) channel.writeHead(status, fields)
    // The end of an open-ended body, which is known only now.
    if (length === 0) {
      if (view === undefined) pool.give(buffer)
      channel.end()
      return
    }
    const part = reader.done ? (isFirst ? 'only' : 'last') : 'more'
    const written = channel.write(view ?? buffer.subarray(0, length), part)
    if (written !== undefined) await written
    // Safe to reuse: the read into it has ended, and the kernel has copied what was written from it. If either failed,
    // a runtime might still use the buffer, so it is left to the garbage collector.
    if (view === undefined) pool.give(buffer)
    pools.taken(pool, length, written === undefined)
    transfer?.sent(length)
    sent += length
    inTurn = written === undefined ? inTurn + length : 0
    if (inTurn >= TURN) {
      inTurn = 0
      await endOfTurn()
    }
  } while (!reader.done)
}

/** Waits, but not longer than the client does. */
async function unlessGone(waiting: Promise<void> | undefined, channel: Channel): Promise<void> {
  const { promise: gone, reject } = Promise.withResolvers<never>()
  const forget = channel.onClose(() => reject(new ClientGone()))
  try {
    await Promise.race([waiting, gone])
  } finally {
    forget()
  }
}
