import { isIP } from 'node:net'

/**
 * What counts as one client: an IPv4 address, or the /64 of an IPv6 address, since providers assign that much to one
 * customer. A link-local address stands for itself: all of a network share its prefix.
 */
export function addressGroup(address: string): string {
  const [bare = ''] = address.split('%')
  if (isIP(bare) !== 6) return bare
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  if (/^fe[89ab]/i.test(bare)) return bare.toLowerCase()
  const [head = '', tail] = bare.split('::')
  const groups = head === '' ? [] : head.split(':')
  const rest = tail ? tail.split(':') : []
  // A dotted end stands for two groups.
  const missing = 8 - groups.length - rest.length - (bare.includes('.') ? 1 : 0)
  const all = tail === undefined ? groups : [...groups, ...Array<string>(missing).fill('0'), ...rest]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
