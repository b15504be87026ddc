import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

// `sl local_address rem_address st tx_queue:rx_queue ...`, numbers in hexadecimal.
const LINE = /^\s*\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} ([\dA-F]{8}):/gm

/** How many bytes the kernel holds for a connection that its peer has not acknowledged, by `connectionKey`. */
export type UnsentBytes = ReadonlyMap<string, number>

/** Finds a connection in `UnsentBytes`. Peers that happen to use the same port share an entry, which then changes with each. */
export function connectionKey({ localPort, remotePort }: Socket): string {
  return `${localPort}:${remotePort}`
}

/** What Linux tells of all TCP connections; empty on other systems. */
export async function readUnsentBytes(): Promise<UnsentBytes> {
  const unsent = new Map<string, number>()
  for (const table of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    const text = await readFile(table, 'latin1').catch(() => '')
    for (const [, local = '', remote = '', bytes = ''] of text.matchAll(LINE)) {
      const key = `${Number.parseInt(local, 16)}:${Number.parseInt(remote, 16)}`
      unsent.set(key, (unsent.get(key) ?? 0) + Number.parseInt(bytes, 16))
    }
  }
  return unsent
}
