import type { Problem } from '../place/place.ts'

/** What takes the place of --host and --port where systemd has opened a socket; empty where it has not. */
export interface InheritedSocket {
  readonly fd?: number
  readonly host?: string
}

/** The first descriptor that systemd hands over. */
const FIRST_FD = 3

/**
 * The socket that systemd has opened for this process, as `sd_listen_fds(3)` says.
 *
 * @param workers how many processes there are to be.
 * @param isNode whether the runtime can listen on a descriptor, which Bun and Deno cannot.
 */
export function inheritedSocket(
  workers: number,
  env: NodeJS.ProcessEnv = process.env,
  isNode = !('Bun' in globalThis || 'Deno' in globalThis),
): InheritedSocket | Problem {
  const { LISTEN_PID, LISTEN_FDS } = env
  if (LISTEN_PID !== String(process.pid) || LISTEN_FDS === undefined) return {}
  if (LISTEN_FDS !== '1')
    return { problem: `systemd has opened ${LISTEN_FDS} sockets; the command takes one` }
  if (!isNode) return { problem: 'a socket of systemd needs Node' }
  if (workers > 1) return { problem: '--workers cannot share a socket of systemd' }
  // Which address it has is not known: others may reach it.
  return { fd: FIRST_FD, host: '0.0.0.0' }
}
