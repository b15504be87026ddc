import { ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { isGone } from '../response/http1-channel.ts'

const { write, end } = ServerResponse.prototype

/**
 * Whether a response writes straight to its socket. It does not if a middleware has replaced its methods, as those that
 * compress or buffer do, or if it is not an HTTP/1.1 response of the runtime: such a writer may keep the bytes longer
 * than it says, or not call back, so pooled buffers are not for it.
 */
export function isNative(outgoing: ServerResponse): boolean {
  return (
    outgoing instanceof ServerResponse &&
    outgoing.write === write &&
    outgoing.end === end &&
    outgoing.req.socket instanceof Socket
  )
}

/** Whether a request can still be answered: its client is there, and no middleware in front has begun to respond. */
export function isUnanswered(outgoing: ServerResponse): boolean {
  return !outgoing.headersSent && !outgoing.writableEnded && !isGone(outgoing)
}
