import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Addresses of this machine, by the name of their network, as `networkInterfaces` of node:os returns them. */
export type Networks = ReturnType<typeof networkInterfaces>

/** Whether only this machine can connect to an address to listen on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/**
 * The hosts by which clients reach a server, the loopback address first: for `0.0.0.0` and `::` the addresses of this
 * machine, otherwise `host` itself.
 *
 * @param networks Default: those of this machine.
 * @returns hosts as in URLs, IPv6 addresses in brackets.
 */
export function reachableHosts(host: string, networks: Networks = networkInterfaces()): readonly string[] {
  if (!isUnspecified(host)) return [inUrl(host)]
  const addresses = Object.values(networks)
    .flatMap((network = []) => network)
    .filter(({ family }) => isIP(host) === 6 || family === 'IPv4')
    // Link-local addresses need a zone, which browsers do not accept.
    .filter(({ address }) => !/^fe[89ab]/i.test(address))
    .sort((a, b) => rank(a) - rank(b))
    .map(({ address }) => inUrl(address))
  return [...new Set(addresses)]
}

function isUnspecified(host: string): boolean {
  return host === '0.0.0.0' || (isIP(host) === 6 && /^[0:]+$/.test(host))
}

function rank({ internal, family }: { readonly internal: boolean; readonly family: string }): number {
  return (internal ? 0 : 2) + (family === 'IPv4' ? 0 : 1)
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
