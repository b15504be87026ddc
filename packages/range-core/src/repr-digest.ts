/**
 * Digests of a whole representation (RFC 9530): Repr-Digest, sent where Want-Repr-Digest asks for it.
 *
 *     Want-Repr-Digest: sha-256=10, sha-512=3
 *     Repr-Digest: sha-256=:d435Qo+nKZ+gLcUHn7GQtQ72hiBVAgqoLsZnZPiTGPk=:
 */

/** Digest by algorithm key in lower case (`sha-256`), as base64. */
export type ReprDigests = Readonly<Record<string, string>>

// A dictionary member of RFC 8941: a key and an integer from 0, unacceptable, to 10, preferred (RFC 9530 §4).
const MEMBER = /^([a-z*][a-z0-9_.*-]*)=(\d{1,2})$/

/**
 * The value of Repr-Digest for a request, or `undefined` where none is wanted or known. Never throws: a field
 * that is no dictionary is ignored as a whole, as RFC 8941 §4.2 says.
 *
 * @param wanted the request's Want-Repr-Digest field.
 * @example
 * reprDigestField('sha-256=1', { 'sha-256': 'AAAA' }) // 'sha-256=:AAAA:'
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
    // The last of equal keys counts (RFC 8941 §4.2.2).
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
