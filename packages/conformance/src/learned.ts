// What is known of the file and its server once it has been learned.
import type { RawTarget } from './raw-http.ts'
import type { RawHeader } from './raw-parse.ts'

/** Files up to this long are learned whole; of longer ones, the first bytes and the last. */
export const wholeLimit = 8 * 1024 * 1024

/** A stretch of the representation that we know the bytes of. */
export interface Sample {
  readonly firstPos: number
  readonly bytes: Buffer
}

export interface Learned {
  readonly target: RawTarget
  /** Value of the Host field. */
  readonly host: string
  readonly path: string
  readonly completeLength: number
  readonly samples: readonly Sample[]
  /** Header fields of the plain 200. */
  readonly headers: readonly RawHeader[]
  /** The ETag as sent, and its parts, when it is well-formed. */
  readonly etag: { readonly text: string; readonly opaque: string; readonly weak: boolean } | undefined
  readonly lastModified: Date | undefined
  /** The server's clock at the time of learning, or ours when it sends no Date. */
  readonly date: Date
  readonly offers: Offers
  /** Status of a GET for a sibling that should not exist. */
  readonly missingStatus: number | undefined
  readonly notes: readonly string[]
}

/** What the server was seen to do with the plainest request of its kind. */
export interface Offers {
  readonly ranges: boolean
  readonly multipart: boolean
  readonly ifMatch: boolean
  readonly ifNoneMatch: boolean
  readonly ifModifiedSince: boolean
  readonly ifUnmodifiedSince: boolean
}

export function isWhole({ completeLength, samples }: Learned): boolean {
  return samples[0]?.bytes.length === completeLength
}

/** The path of a file that is not there. */
export function missingPath(path: string): string {
  return `${path.replace(/\?.*$/, '')}.no-such-file`
}

/** Old enough to be strong by 8.8.2.2 with room for a run of the checker. */
export function isSettled(lastModified: Date, date: Date): boolean {
  return date.getTime() - lastModified.getTime() >= 60_000
}
