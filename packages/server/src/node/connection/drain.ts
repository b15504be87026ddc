import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isBun } from '../../runtime.ts'

/** How long a stopping server still answers on connections that are idle, in milliseconds. */
const FAREWELL = 300

/** Connections on which nothing was asked yet, from now on. Node does not count them among the idle ones. */
export function watchSilent(server: Server): ReadonlySet<Socket> {
  const silent = new Set<Socket>()
  server
    .on('connection', (socket) => silent.add(socket.once('close', () => silent.delete(socket))))
    .on('request', ({ socket }) => silent.delete(socket))
  return silent
}

/**
 * Takes no more connections, waits until those that are there are done, and cuts what is left after `drain`
 * milliseconds.
 *
 * @param silent what `watchSilent` gave.
 */
export async function drainServer(server: Server, silent: ReadonlySet<Socket>, drain: number): Promise<void> {
  // Only the listening socket: `server.close` would cut idle connections on which a request may be on its way.
  // Bun's has no other way.
  if (isBun) server.close()
  else NetServer.prototype.close.call(server)
  const deadline = performance.now() + drain
  await sleep(Math.min(FAREWELL, drain))
  while (performance.now() < deadline) {
    server.closeIdleConnections()
    for (const socket of silent) socket.destroy()
    if ((await countConnections(server)) === 0) return
    await sleep(50)
  }
  server.closeAllConnections()
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count = 0) => resolve(count))
  })
}
