import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

// A line is `sl local_address rem_address st tx_queue:rx_queue ...`, with hexadecimal numbers.
const LINE = /^\s*\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:([\dA-F]{4}) [\dA-F]{2} ([\dA-F]{8}):/gm

/** For each connection, by `connectionKey`: bytes that the kernel holds because the peer has not acknowledged them. */
export type UnsentBytes = ReadonlyMap<string, number>

/** The key of a connection in `UnsentBytes`. Peers that happen to use the same port share an entry with their sum. */
export function connectionKey({ localPort, remotePort }: Socket): string {
  return `${localPort}:${remotePort}`
}

/** Reads the unsent bytes of all TCP connections on Linux; empty on other systems. */
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
