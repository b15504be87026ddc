/** A host name or an address, IPv6 addresses in their short form: Node writes all groups of those in certificates. */
export function canonicalName(name: string): string {
  return name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name
}
