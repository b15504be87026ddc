/**
 * Digests of the whole representation (RFC 9530 §3, §4): Repr-Digest, sent if Want-Repr-Digest asks for it. Both are
 * dictionaries of RFC 8941 §3.2, of byte sequences and of integers from 0 to 10.
 *
 *     Repr-Digest      = sf-dictionary
 *     Want-Repr-Digest = sf-dictionary
 *
 * For example `Want-Repr-Digest: sha-256=10, sha-512=3`,
 * `Repr-Digest: sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:`.
 */

/** Digests of the whole representation in base64, by algorithm in lower case, such as `sha-256`. */
export type ReprDigests = Readonly<Record<string, string>>

// A key and an integer (8941 §3.2): 0 is "not acceptable", 10 "most preferred" (9530 §4).
const MEMBER = /^([a-z*][a-z0-9_.*-]*)=(\d{1,2})$/

/**
 * Writes the Repr-Digest field for a request: the digest that it prefers among those known. Never throws: a field that
 * is not a dictionary of preferences is ignored as a whole (8941 §4.2).
 *
 * @param wanted the request's Want-Repr-Digest field, if there is one.
 * @param digests what is known of the representation.
 * @returns `undefined` if no digest is wanted, or none that is acceptable is known.
 * @example
 * reprDigestField('sha-256=1, sha-512=10', { 'sha-256': 'AAAA' }) // 'sha-256=:AAAA:'
 * reprDigestField('sha-256=0', { 'sha-256': 'AAAA' }) // undefined
 */
export function reprDigestField(
  wanted: string | null | undefined,
  digests: ReprDigests | undefined,
): string | undefined {
  if (wanted == null || digests === undefined) return undefined
  const preferences = new Map<string, number>()
  for (const element of wanted.split(',')) {
    const [, algorithm, number] = MEMBER.exec(element.trim()) ?? []
    const preference = Number(number)
    if (algorithm === undefined || preference > 10) return undefined
    // The last of equal keys counts (8941 §4.2.2).
    preferences.set(algorithm, preference)
  }
  let best: string | undefined
  let highest = 0
  for (const [algorithm, preference] of preferences) {
    if (preference > highest && Object.hasOwn(digests, algorithm)) {
      best = algorithm
      highest = preference
    }
  }
  return best && `${best}=:${digests[best]}:`
}
