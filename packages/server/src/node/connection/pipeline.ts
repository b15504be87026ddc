import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Connection, connectionOf } from './connection.ts'

/** How many requests may wait on one connection before it is no longer read. */
const MAX_WAITING = 16

/**
 * Calls `handle` when it is this response's turn on its connection: at once, or after the responses to earlier requests
 * were sent; never if the connection ends first.
 *
 * A waiting request holds no file and no buffer, and at `MAX_WAITING` of them the connection is no longer read. So a
 * client that pipelines (9112 §9.3.2) without reading can make the server hold nothing but its requests.
 */
export function inTurn({ socket }: IncomingMessage, outgoing: ServerResponse, handle: () => void): void {
  const connection = connectionOf(socket)
  connection.last = outgoing
  connection.asked++
  if (outgoing.socket !== null) {
    handle()
    return
  }
  if (++connection.waiting >= MAX_WAITING && !connection.isHeld) hold(socket, connection)
  outgoing.once('socket', () => {
    connection.waiting--
    if (connection.isHeld) {
      if (connection.waiting < MAX_WAITING / 2) release(socket, connection)
      // Bun pauses a connection only during the current response.
      else socket.pause()
    }
    // Later, because the runtime is still finishing the previous response.
    queueMicrotask(handle)
  })
}

function hold(socket: Socket, connection: Connection): void {
  connection.isHeld = true
  socket.pause()
  // Node and Deno resume a connection after each response, which must not happen here.
  socket.resume = () => socket
}

function release(socket: Socket, connection: Connection): void {
  connection.isHeld = false
  connection.releasedAt = performance.now()
  Reflect.deleteProperty(socket, 'resume')
  socket.resume()
}
