import type { IncomingMessage } from 'node:http'
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
