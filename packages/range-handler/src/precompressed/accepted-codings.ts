import Negotiator from 'negotiator'

/** A content coding that a file may be stored in (9110 §8.4.1; RFC 7932, RFC 8878). */
export type ContentCoding = 'br' | 'zstd' | 'gzip'

/** What negotiator 1.1 offers; its published types end before the option. */
interface EncodingNegotiator {
  encodings(
    available: readonly string[],
    options: { readonly preferred: readonly string[] },
  ): readonly string[]
}

/** Real fields have less than a tenth of this. Parsing takes longer than in proportion to the number of elements. */
const MAX_LENGTH = 500
/** Clients send few different fields; one that sends many must not fill the memory. */
const MAX_KNOWN = 100

/**
 * Makes a function that reads Accept-Encoding (9110 §12.5.3):
 *
 *     Accept-Encoding = [ ( codings [ weight ] ) *( OWS "," OWS ( codings [ weight ] ) ) ]
 *     codings         = content-coding / "identity" / "*"
 *
 * For example `gzip, deflate, br, zstd`, `br;q=1.0, gzip;q=0.8, *;q=0.1`, `identity;q=1, *;q=0`.
 *
 * Its result are the codings that the client prefers to `identity`, or accepts as well, in the client's order, and among
 * equal ones in that of `codings`. There are none for a field that is absent, empty or longer than 500 characters. It
 * never throws.
 *
 * @param codings what the server has, the preferred one first.
 * @example
 * const read = codingReader(['br', 'gzip'])
 * read('gzip, br') // ['br', 'gzip']
 * read('gzip, br;q=0.5') // ['gzip', 'br']
 * read('identity, br;q=0.5') // []
 */
export function codingReader(
  codings: readonly ContentCoding[],
): (field: string | undefined) => readonly ContentCoding[] {
  const available = [...codings, 'identity']
  const known = new Map<string, readonly ContentCoding[]>()
  return (field) => {
    if (field === undefined || field.length > MAX_LENGTH) return []
    const before = known.get(field)
    if (before !== undefined) return before
    // 9110 §8.4.1.3: `x-gzip` is to be considered equivalent to `gzip`.
    const headers = { 'accept-encoding': field.replace(/x-gzip/gi, 'gzip') }
    const negotiator: EncodingNegotiator = new Negotiator({ headers })
    const accepted = negotiator.encodings(available, { preferred: available })
    const identity = accepted.indexOf('identity')
    const better = identity < 0 ? accepted : accepted.slice(0, identity)
    const result = better.flatMap((name) => codings.filter((coding) => coding === name))
    if (known.size === MAX_KNOWN) known.clear()
    known.set(field, result)
    return result
  }
}
