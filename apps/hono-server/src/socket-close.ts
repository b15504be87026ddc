import type { Socket } from 'node:net'

const watchers = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls back when a connection is closed; at once where it is. One listener serves all responses of a connection,
 * however many a client asks for in one go.
 *
 * @returns a function that takes the wish back.
 */
export function onSocketClose(socket: Socket, callback: () => void): () => void {
  let set = watchers.get(socket)
  if (set === undefined) {
    const created = new Set<() => void>()
    socket.once('close', () => {
      for (const watcher of created) watcher()
    })
    watchers.set(socket, created)
    set = created
  }
  if (socket.destroyed) queueMicrotask(callback)
  else set.add(callback)
  return () => set.delete(callback)
}
