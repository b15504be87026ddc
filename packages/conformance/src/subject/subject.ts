import type { RawHeader } from '../raw/parse-response.ts'
import type { Protocol } from '../raw/protocol.ts'
import type { RawTarget } from '../raw/target.ts'

/** Representations up to this many bytes are known whole; of longer ones, the first bytes and the last. */
export const WHOLE_LIMIT = 8 * 1024 * 1024

/** Milliseconds. Last-Modified must be older, so that it is a strong validator (9110 §8.8.2.2) for a whole run. */
const SETTLED_AGE = 60_000

/** Some known bytes of the representation. */
export interface Sample {
  readonly firstPos: number
  readonly bytes: Buffer
}

/** What is judged: the representation at the URL and its server, as far as plain requests show them. */
export interface Subject {
  readonly target: RawTarget
  /** The protocol that it is judged over. */
  readonly protocol: Protocol
  /** Value of the Host field. */
  readonly host: string
  /** Path and query of the URL. */
  readonly path: string
  /** In bytes; `undefined` if the server does not know either, since more bytes are still to come (9110 §14.4). */
  readonly completeLength: number | undefined
  /** Bytes that it had when the run began: all, or those by then. */
  readonly currentLength: number
  readonly samples: readonly Sample[]
  /** Header fields of the plain 200. */
  readonly headers: readonly RawHeader[]
  /** The ETag, where it is well-formed: as sent, and its parts. */
  readonly etag: { readonly text: string; readonly opaque: string; readonly weak: boolean } | undefined
  readonly lastModified: Date | undefined
  /** The server's clock at the first response; our own where it sends no Date. */
  readonly date: Date
  readonly offers: Offers
  /** Status of a GET for a path that should not exist; `undefined` when there was no response. */
  readonly missingStatus: number | undefined
  /** Warnings for the report. */
  readonly notes: readonly string[]
}

/** The optional features that the server was seen to support. */
export interface Offers {
  /** A 206 for one range. */
  readonly ranges: boolean
  /** Several ranges in one response. */
  readonly multipart: boolean
  /** If-Match. */
  readonly ifMatch: boolean
  /** If-None-Match. */
  readonly ifNoneMatch: boolean
  /** If-Modified-Since. */
  readonly ifModifiedSince: boolean
  /** If-Unmodified-Since. */
  readonly ifUnmodifiedSince: boolean
}

/** Whether every byte of the representation is known. */
export function isWhole({ completeLength, samples }: Subject): boolean {
  return samples[0]?.bytes.length === completeLength
}

/** A path next to `path` that should not exist. */
export function missingPath(path: string): string {
  return `${path.replace(/\?.*$/, '')}.no-such-file`
}

/** Whether Last-Modified is old enough to be a strong validator. */
export function isSettled(lastModified: Date, date: Date): boolean {
  return date.getTime() - lastModified.getTime() >= SETTLED_AGE
}

/**
 * Compares bytes with the known ones of the representation.
 *
 * @param firstPos the position of the first of `bytes`.
 * @returns the position of the first byte that is known and different; `undefined` when there is none.
 */
export function firstDifference(bytes: Buffer, firstPos: number, { samples }: Subject): number | undefined {
  for (const sample of samples) {
    const from = Math.max(firstPos, sample.firstPos)
    const to = Math.min(firstPos + bytes.length, sample.firstPos + sample.bytes.length)
    if (from >= to) continue
    const sent = bytes.subarray(from - firstPos, to - firstPos)
    const known = sample.bytes.subarray(from - sample.firstPos, to - sample.firstPos)
    if (!sent.equals(known)) return from + sent.findIndex((byte, index) => byte !== known[index])
  }
  return undefined
}
