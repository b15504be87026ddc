import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { isBun } from '../../runtime.ts'
import { connectionOf } from '../connection/connection.ts'
import type { StallWatch } from '../connection/stall-watch.ts'

/** Where a response is sent. */
export interface Channel {
  readonly outgoing: ServerResponse
  /** Closes the connection when its client stops reading. */
  readonly watch: StallWatch
  /** Whether the response writes straight to its socket, see `isNative`. */
  readonly isNative: boolean
  /** The fields that were set on the response before, by lower-case name. Default: none. */
  readonly earlier?: Readonly<OutgoingHttpHeaders> | undefined
}

/** The client left, which is not reported as a fault. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone'

  constructor() {
    super('The client left')
  }
}

/** Whether the connection has ended. */
export function isGone(outgoing: ServerResponse): boolean {
  return outgoing.destroyed || outgoing.req.socket.destroyed
}

/**
 * Ends the connection in the middle of a body, so that it does not look complete. Without a length, a body of HTTP/1.0 ends
 * with its connection (9112 §6.3), and only a reset can be told from that.
 */
export function breakOff(outgoing: ServerResponse): void {
  const { httpVersion, socket } = outgoing.req
  try {
    if (httpVersion === '1.0') socket.resetAndDestroy()
  } catch {
    // It is no TCP connection.
  }
  outgoing.destroy()
}

/** Ends a response, and watches what is still queued: a response without a body can stall, too. */
export function end({ outgoing, watch }: Channel): void {
  const { socket } = outgoing.req
  outgoing.end()
  if (socket.writableLength > 0 || outgoing.writableLength > 0) outgoing.once('close', watch.begin(socket))
}

/** Which part of a body some bytes are. */
export type Part = 'only' | 'more' | 'last'

/** On Bun, one call for a body and its end is faster. */
const ENDS_WITH_BYTES = isBun

/**
 * Writes bytes to a response whose head is set, and ends the response after the last ones.
 *
 * @returns `undefined` if the kernel took all of them at once, else a promise that resolves when it has. Do not
 * overwrite the bytes before that: until its callback, a runtime may send from this very memory.
 * @throws ClientGone, or rejects with it, if the connection has ended. The runtime may still hold the bytes then.
 */
export function write(channel: Channel, bytes: Uint8Array, part: Part): Promise<void> | undefined {
  const { outgoing, watch } = channel
  const { socket } = outgoing.req
  if (isGone(outgoing)) throw new ClientGone()
  if (!channel.isNative) return writeThrough(channel, bytes, part)
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

/** Writes bytes through methods that a middleware has replaced, of which only the contract of a stream is known. */
function writeThrough(channel: Channel, bytes: Uint8Array, part: Part): Promise<void> | undefined {
  const { outgoing, watch } = channel
  const hasRoom = outgoing.write(bytes)
  if (part !== 'more') end(channel)
  if (hasRoom || part !== 'more') return undefined
  return new Promise((resolve, reject) => {
    const stopWatching = watch.begin(outgoing.req.socket)
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
