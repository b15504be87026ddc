/** The other end of a connection, which is a proxy if there is one in front. */
export interface Client {
  /** Its IP address; an IPv4 address in dotted form, also on a socket that accepts both. */
  readonly address: string
  /** Its TCP port. */
  readonly port: number
  /** Whether the connection is encrypted by TLS. */
  readonly isSecure: boolean
}
