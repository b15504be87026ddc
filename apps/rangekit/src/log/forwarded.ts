import { isIP } from 'node:net'

/** What a proxy says of the client that it got a request from. */
export interface Hop {
  /** `undefined` if it hides the address, or what it says is not an address. */
  readonly address: string | undefined
  /** `http` or `https`; `undefined` if it does not say. */
  readonly proto: string | undefined
}

/** Reads a field of the request by its lower-case name. */
export type FieldReader = (name: string) => string | null | undefined

// token / quoted-string (9110 §5.6.2, §5.6.4), up to the next separator.
const PAIR = /^[\t ]*([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\t ",;]*))[\t ]*$/

/**
 * What the proxies in front have added to a request, the nearest one first: X-Forwarded-For with X-Forwarded-Proto, or
 * Forwarded (RFC 7239) where that is missing. Most proxies set the former and pass on whatever Forwarded a client sends.
 */
export function hopsOf(field: FieldReader): readonly Hop[] {
  const addresses = listOf(field('x-forwarded-for') ?? '')
  const protos = listOf(field('x-forwarded-proto') ?? '').map((proto) => proto.toLowerCase())
  if (addresses.length > 0) {
    // A proxy that sets the scheme instead of adding to it is the only one to say.
    return addresses.map((text, index) => ({
      address: bareAddress(text),
      proto: protos[index] ?? protos.at(-1),
    }))
  }
  const forwarded = forwardedHops(field('forwarded') ?? '')
  return forwarded.length > 0 ? forwarded : protos.map((proto) => ({ address: undefined, proto }))
}

function listOf(value: string): string[] {
  return value === ''
    ? []
    : value
        .split(',')
        .reverse()
        .map((item) => item.trim())
}

/** The elements of Forwarded (RFC 7239 §4), the last one first. */
function forwardedHops(value: string): readonly Hop[] {
  return split(value, ',')
    .reverse()
    .map((element) => {
      const pairs = new Map<string, string>()
      for (const text of split(element, ';')) {
        const [, name = '', quoted, token = ''] = PAIR.exec(text) ?? []
        pairs.set(name.toLowerCase(), quoted === undefined ? token : quoted.replaceAll(/\\(.)/g, '$1'))
      }
      return { address: bareAddress(pairs.get('for') ?? ''), proto: pairs.get('proto')?.toLowerCase() }
    })
}

/** Splits at a separator outside quotes. */
function split(value: string, separator: ',' | ';'): string[] {
  const items: string[] = []
  let start = 0
  let isQuoted = false
  for (let index = 0; index < value.length; index++) {
    const character = value[index]
    if (isQuoted && character === '\\') index++
    else if (character === '"') isQuoted = !isQuoted
    else if (character === separator && !isQuoted) {
      items.push(value.slice(start, index))
      start = index + 1
    }
  }
  items.push(value.slice(start))
  return items.filter((item) => item.trim() !== '')
}

/** An address without brackets and port (RFC 7239 §6). An IPv4 address within an IPv6 one is the former. */
export function bareAddress(text: string): string | undefined {
  const [, bracketed] = /^\[([\da-f:.]+)\](?::\d{1,5})?$/i.exec(text) ?? []
  const [, withPort] = /^([\d.]+):\d{1,5}$/.exec(text) ?? []
  const address = (bracketed ?? withPort ?? text).toLowerCase()
  const [, mapped = ''] = /^::ffff:([\d.]+)$/.exec(address) ?? []
  if (isIP(mapped) === 4) return mapped
  return isIP(address) === 0 || address.includes('%') ? undefined : address
}
