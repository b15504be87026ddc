import { createHash } from 'node:crypto'
import type { ReprDigests } from '@rangekit/range-core'

/** The digests that are verified, the better one first (RFC 9530), and what OpenSSL calls them. */
const ALGORITHMS = [
  ['sha-512', 'sha512'],
  ['sha-256', 'sha256'],
] as const

/** Compares bytes with what the server says they are. */
export interface Verifier {
  /** What people call the algorithm; `undefined` if there is nothing to compare with. */
  readonly algorithm: string | undefined
  update(bytes: Uint8Array): void
  /** @throws Error if the bytes are others. */
  verify(): void
}

/** A verifier for a whole file, whose bytes it takes in order. */
export function verifierFor(digests: ReprDigests): Verifier {
  for (const [algorithm, name] of ALGORITHMS) {
    const expected = digests[algorithm]
    if (expected === undefined) continue
    const hash = createHash(name)
    return {
      algorithm: algorithm.toUpperCase(),
      update: (bytes) => void hash.update(bytes),
      verify() {
        if (hash.digest('base64') === expected) return
        throw new Error(`what arrived does not match the ${algorithm.toUpperCase()} of the server`)
      },
    }
  }
  return { algorithm: undefined, update() {}, verify() {} }
}
