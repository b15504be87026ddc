import { bareAddress, type FieldReader, hopsOf } from './forwarded.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

/** Who a request is from. */
export interface RequestClient {
  readonly address: string
  /** Whether it came over TLS, at least to the first trusted proxy. */
  readonly isSecure: boolean
}

/**
 * The client of a request: the other end of the connection, or, if that is a trusted proxy, the last one in the chain of
 * proxies that is not trusted. What that client says of others is its own invention. Where a trusted proxy names no
 * address, the proxy itself is the client.
 *
 * @param client the other end of the connection.
 * @param field reads a field of the request by its lower-case name.
 * @param trusts which proxies are trusted. Default: none, and no field is looked at.
 */
export function clientAddress(
  client: RequestClient,
  field: FieldReader,
  trusts: TrustedProxies | undefined,
): RequestClient {
  if (trusts === undefined) return client
  let { isSecure } = client
  let address = bareAddress(client.address) ?? client.address
  if (!trusts(address, 0)) return client
  for (const [index, hop] of hopsOf(field).entries()) {
    if (hop.proto !== undefined) isSecure = hop.proto === 'https'
    if (hop.address === undefined) break
    address = hop.address
    if (!trusts(address, index + 1)) break
  }
  return { address, isSecure }
}
