import type { ReprDigests } from '@rangekit/range-core'

/** A member of Repr-Digest (RFC 9530 §3) that clients ask for. */
const DIGEST = /(?:^|,)\s*(sha-256|sha-512)=:([A-Za-z0-9+/]+=*):/g

/**
 * Reads the digests of a whole representation from Repr-Digest (RFC 9530 §3): those of SHA-256 and SHA-512. Others are
 * left out, as is what is malformed; it never throws.
 *
 * @param field the field, if there is one.
 * @returns digests in base64 by algorithm.
 * @example
 * parseReprDigest('sha-256=:AAAA:, md5=:CCCC:') // { 'sha-256': 'AAAA' }
 */
export function parseReprDigest(field: string | null | undefined): ReprDigests {
  const members = (field ?? '').matchAll(DIGEST)
  return Object.fromEntries(Array.from(members, ([, algorithm, digest]) => [algorithm, digest]))
}
