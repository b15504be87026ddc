/** Files of accounts, as `rangekit hash` and `htpasswd -B` write them: a line `user:hash` each, hashes of bcrypt. */
import { userProblem } from './credentials.ts'

/** Hashes by user. */
export type Hashes = ReadonlyMap<string, string>

/** `$2y$`, `$2b$` or `$2a$`, the cost, 22 characters of salt and 31 of hash. */
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z\d]{53}$/
/** Each further step doubles the time: 16 take some five seconds. */
export const COSTS = { min: 4, max: 16 } as const

/** The cost of a hash, the binary logarithm of its rounds. */
export function costOf(hash: string): number {
  return Number(BCRYPT.exec(hash)?.[1])
}

/** A hash that no password has in practice, of some cost. */
export function hashOfNobody(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`
}

/** Parses the text of a file; empty lines and those that begin with `#` do not count. */
export function parseAuthFile(text: string): Hashes | { readonly problem: string } {
  const hashes = new Map<string, string>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [name = '', hash = ''] = line.split(':', 2)
    const user = name.normalize('NFC')
    const problem =
      userProblem(user) ?? hashProblem(hash.trim()) ?? (hashes.has(user) && 'the user is repeated')
    if (problem) return { problem: `line ${index + 1}: ${problem}` }
    hashes.set(user, hash.trim())
  }
  return hashes.size === 0 ? { problem: 'it is empty' } : hashes
}

function hashProblem(hash: string): string | undefined {
  const cost = costOf(hash)
  if (Number.isNaN(cost))
    return 'expected user:hash with a hash of bcrypt, as rangekit hash and htpasswd -B write it'
  if (cost < COSTS.min || cost > COSTS.max) return `the cost of a hash is from ${COSTS.min} to ${COSTS.max}`
  return undefined
}
