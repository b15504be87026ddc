import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isBun } from '../../runtime.ts'
import type { OpenConnections } from './open-connections.ts'
import { cutOff, resetIfOld } from './reset.ts'

/** How long a stopping server still answers on idle connections, in milliseconds. */
const FAREWELL = 300

/**
 * Stops accepting connections, waits until the open ones are done, and cuts those that are left at the end.
 *
 * @param open the server's connections.
 * @param drain how long to wait, in milliseconds.
 */
export async function drainServer(server: Server, open: OpenConnections, drain: number): Promise<void> {
  // Closes only the listening socket: `server.close` would also cut idle connections, on which a request may be under
  // way. Bun offers nothing else.
  if (isBun) server.close()
  else NetServer.prototype.close.call(server)
  const deadline = performance.now() + drain
  await sleep(Math.min(FAREWELL, drain))
  while (performance.now() < deadline) {
    server.closeIdleConnections()
    for (const socket of open.silent) cutOff(socket)
    if ((await countConnections(server)) === 0) return
    await sleep(50)
  }
  for (const { req } of open.old) resetIfOld(req)
  for (const socket of open) cutOff(socket)
  server.closeAllConnections()
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.getConnections((_error, count = 0) => resolve(count))
  })
}
