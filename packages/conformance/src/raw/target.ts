import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/** Where to connect. */
export interface RawTarget {
  /** A name or an address. */
  readonly host: string
  /** The TCP port. */
  readonly port: number
  /** Whether to use TLS. Default: false. */
  readonly secure?: boolean
  /** Over TLS: the authorities to trust, in PEM. Default: those of Node. */
  readonly ca?: string
  /** Over TLS: whether any certificate is accepted. Default: false. */
  readonly insecure?: boolean
}

/** How to connect over TLS. */
export function tlsOptions({ host, port, ca, insecure }: RawTarget): ConnectionOptions {
  // An address is not a name that a server can be asked for (RFC 6066 §3).
  const name = isIP(host) === 0 ? { servername: host } : {}
  return { host, port, ...name, rejectUnauthorized: insecure !== true, ...(ca !== undefined && { ca }) }
}
