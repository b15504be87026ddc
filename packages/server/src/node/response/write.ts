import type { ServerResponse } from 'node:http'
import { isBun } from '../../runtime.ts'
import { connectionOf } from '../connection/connection.ts'
import type { StallWatch } from '../connection/stall-watch.ts'

/** Where a body goes. */
export interface Channel {
  readonly outgoing: ServerResponse
  /** Ends the connection when its client stops reading. */
  readonly watch: StallWatch
}

/** The client left; there is nobody to report it to. */
export class ClientGone extends Error {}

/** Whether the connection has ended. */
export function isGone(outgoing: ServerResponse): boolean {
  return outgoing.destroyed || outgoing.req.socket.destroyed
}

/** Ends a response, and watches what is still queued of it: a head is sent to clients that do not read, too. */
export function end({ outgoing, watch }: Channel): void {
  const { socket } = outgoing.req
  outgoing.end()
  if (socket.writableLength > 0 || outgoing.writableLength > 0) outgoing.once('close', watch.begin(socket))
}

/** What part of a body some bytes are. */
export type Part = 'only' | 'more' | 'last'

/** On Bun, one call for a body and its end is quicker. */
const ENDS_WITH_BYTES = isBun

/**
 * Writes bytes to a response whose head is set, and ends it after the last ones.
 *
 * @returns `undefined` where the kernel took all of them at once, else a promise that resolves when it has. From then on,
 * and not before, the bytes may be overwritten: until it has called back, a runtime may send from this very memory.
 * @throws ClientGone, or rejects with it, where the connection has ended. The runtime may still hold the bytes then.
 */
export function write(channel: Channel, bytes: Uint8Array, part: Part): Promise<void> | undefined {
  const { outgoing, watch } = channel
  const { socket } = outgoing.req
  if (isGone(outgoing)) throw new ClientGone()
  let isTaken = false
  let hasFailed = false
  let onTaken = (error?: Error | null) => {
    if (error) hasFailed = true
    else isTaken = true
  }
  const callback = (error?: Error | null) => onTaken(error)
  // Corked, the head goes with the bytes, and both go now.
  socket.cork()
  if (part === 'only' && ENDS_WITH_BYTES) outgoing.end(bytes, callback)
  else outgoing.write(bytes, callback)
  socket.uncork()
  if (hasFailed) throw new ClientGone()
  // Its callback comes later, but nothing of it is queued any more: the kernel has copied it.
  isTaken ||= !outgoing.writableEnded && outgoing.writableLength === 0 && !socket.destroyed
  const finish = () => {
    // Not earlier: from here on Node takes a connection for idle, and may close it with bytes still to be written.
    if (part !== 'more' && !outgoing.writableEnded) end(channel)
  }
  if (isTaken) {
    onTaken = () => {}
    finish()
    return undefined
  }
  return new Promise((resolve, reject) => {
    const stopWatching = watch.begin(socket)
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
