import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import { NoAnswerError } from './received.ts'
import { type RawTarget, tlsOptions } from './target.ts'

/** A protocol that a server can be judged over, by its ALPN name. */
export type Protocol = 'http/1.1' | 'h2'

/**
 * Finds out which protocol a server prefers, by ALPN (7301). Without TLS that is HTTP/1.1.
 *
 * @throws NoAnswerError if there is no connection.
 */
export async function preferredProtocol(target: RawTarget, timeoutMs: number): Promise<Protocol> {
  if (target.secure !== true) return 'http/1.1'
  const socket = connectTls({ ...tlsOptions(target), ALPNProtocols: ['h2', 'http/1.1'] })
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeoutMs) })
    return socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1'
  } catch (error) {
    throw new NoAnswerError('refused', error instanceof Error ? error.message : String(error))
  } finally {
    socket.on('error', () => {}).destroy()
  }
}
