import { isIPv6 } from 'node:net'

/** An IPv4 address as IPv6 has it (4291 §2.5.5.2). */
const MAPPED = /^::ffff:(?=\d+\.)/i
/** Link-local addresses (4291 §2.5.6), whose first 64 bits are those of all neighbours. */
const LINK_LOCAL = /^fe[89ab]/i

/**
 * What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address, of which every household has all the
 * others.
 *
 * @param address as a socket reports it. What is no IPv6 address stands for itself.
 * @example
 * addressGroup('::ffff:192.0.2.7') // '192.0.2.7'
 * addressGroup('2001:db8:1:2::7') // '2001:db8:1:2::/64'
 */
export function addressGroup(address: string): string {
  const plain = address.replace(MAPPED, '')
  if (!isIPv6(plain) || LINK_LOCAL.test(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  // What `::` stands for are zeros.
  const rest = tail === undefined || tail === '' ? [] : tail.split(':')
  while (tail !== undefined && groups.length + rest.length < 8) groups.push('0')
  const prefix = [...groups, ...rest].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/64`
}
