import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Connection, connectionOf } from './connection.ts'

/** How many requests may wait on one connection before nothing more is read from it. */
const MAX_WAITING = 16

/**
 * Calls `handle` when the response is the first of its connection: at once, or when those that were asked for before it
 * have been sent. A request that waits holds no file and no buffer, and past `MAX_WAITING` of them the connection is
 * not read: what a client can make us hold by pipelining (9112 §9.3.2) without reading is its requests alone. `handle` is
 * never called where the connection ends first.
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
      // Bun pauses a connection for the response that is being sent alone.
      else socket.pause()
    }
    // After the runtime has finished with the response before it.
    queueMicrotask(handle)
  })
}

function hold(socket: Socket, connection: Connection): void {
  connection.isHeld = true
  socket.pause()
  // Node and Deno resume a connection by themselves after each response. Not this one.
  socket.resume = () => socket
}

function release(socket: Socket, connection: Connection): void {
  connection.isHeld = false
  connection.releasedAt = performance.now()
  Reflect.deleteProperty(socket, 'resume')
  socket.resume()
}
