/**
 * The names under which a server answers. A web page of another site can let its own name lead to an address of this
 * machine (DNS rebinding): the browser then takes what the server says for a part of that site, whose scripts may read
 * it. What gives it away is Host.
 */
import { isIP } from 'node:net'

export interface NamesOptions {
  /** The name or address that the server listens on. */
  readonly host: string
  /** The name of this machine. */
  readonly machine: string
  /** Further names; `.example.com` stands for all below that, `*` for all. */
  readonly allowed: readonly string[]
}

/** Nobody can register a name below these (RFC 6761 and 8375, ICANN for `internal`). */
const NOBODYS = /\.(?:localhost|test|example|invalid|internal|home\.arpa)$|(?:^|\.)example\.(?:com|net|org)$/

/** Names whose verdict is kept. */
const MAX_KNOWN = 100

/**
 * Makes a check of the host of a URL, in lower case, without its port. Addresses are allowed: a page cannot have them as
 * its own name. So are names without a dot, which no site has.
 */
export function allowedHosts({ host, machine, allowed }: NamesOptions): (name: string) => boolean {
  const exact = new Set([host, machine, `${machine}.local`, ...allowed].map((name) => name.toLowerCase()))
  const endings = allowed.filter((name) => name.startsWith('.')).map((name) => name.toLowerCase())
  const known = new Map<string, boolean>()
  const judge = (name: string) =>
    exact.has('*') ||
    exact.has(name) ||
    !name.includes('.') ||
    isIP(name) === 4 ||
    NOBODYS.test(name) ||
    endings.some((ending) => name.endsWith(ending) || `.${name}` === ending)
  return (name) => {
    const verdict = known.get(name)
    if (verdict !== undefined) return verdict
    const judged = judge(name)
    if (known.size < MAX_KNOWN) known.set(name, judged)
    return judged
  }
}

/** The host of an absolute URL, without its port and the dot of the root. An IPv6 address has its brackets, and no dot. */
export function hostOf(url: string): string {
  const start = url.indexOf('://') + 3
  const authority = url.slice(start, url.indexOf('/', start))
  return authority.replace(/\.?(?::\d*)?$/, '').toLowerCase()
}
