import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { isBun } from '../../runtime.ts'
import { carrierOf } from './open-connections.ts'

/**
 * Resets the connection of a request of HTTP/1.0 whose response is to be cut: without a length, its body ends with the
 * connection (9112 §6.3), and only a reset can be told from that. Bodies of HTTP/1.1 show that they are incomplete.
 */
export function resetIfOld({ httpVersion, socket }: IncomingMessage): void {
  if (httpVersion !== '1.0') return
  try {
    carrierOf(socket).resetAndDestroy()
  } catch {
    // It is no TCP connection.
  }
}

/**
 * Ends a connection at once. On Bun, `destroy` of an encrypted one says goodbye first, for which a client that does not
 * read leaves no room: it would stay open.
 */
export function cutOff(socket: Socket): void {
  if (isBun) resetHandle(socket)
  socket.destroy()
}

/** What Bun keeps below a symbol of a socket of its HTTP server. */
interface Handle {
  reset?(): void
}

function resetHandle(socket: Socket): void {
  if (!('encrypted' in socket) || socket.encrypted !== true) return
  const symbol = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'handle')
  const handle: Handle | undefined = symbol && Reflect.get(socket, symbol)
  handle?.reset?.()
}
