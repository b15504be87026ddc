/** The seam between the protocol and the places that bytes come from. */
import type { ByteRange } from './byte-range.ts'
import type { Validators } from './conditional.ts'
import type { MaybePromise } from './maybe-promise.ts'
import type { ReprDigests } from './repr-digest.ts'

/** Response fields by name. */
export type Fields = Readonly<Record<string, string>>

/** What is known of a representation without reading it. */
export interface RepresentationInfo extends Validators {
  /** Bytes in the whole representation. */
  readonly completeLength: number
  /** Its media type, as it stands in Content-Type. */
  readonly contentType?: string | undefined
  /**
   * Its Cache-Control, if the source keeps one. The option `cacheControl` replaces it, unless it says `no-store`: a
   * source says so where it cannot tell this version from the next one.
   */
  readonly cacheControl?: string | undefined
  /**
   * Further fields that describe it and that the source keeps, such as Content-Encoding or Content-Language. Names are
   * compared without case; what the plan decides itself, such as Content-Length or ETag, is ignored.
   */
  readonly fields?: Fields | undefined
  /** Digests of the whole representation, by algorithm (RFC 9530). */
  readonly digests?: ReprDigests | undefined
}

/** One range's bytes, in the form that the source has and the runtime sends best. */
export type RangeBytes = Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>

/** What `open` is told besides the key. Read properties from it rather than spreading it: they may be getters. */
export interface OpenOptions {
  /** Aborted when nobody waits for the response any more. Looking at it costs something on some runtimes. */
  readonly signal?: AbortSignal | undefined
}

/** What `read` is told besides the range. Read properties from it rather than spreading it: they may be getters. */
export interface ReadOptions {
  /** Aborted when nobody waits for the bytes any more. */
  readonly signal?: AbortSignal | undefined
}

/**
 * One version of something that can be served: what it reports and what it reads belong together, even
 * when the name it was opened by has come to mean something else.
 */
export interface Representation extends RepresentationInfo {
  /**
   * The bytes of one range, exactly that many. Too few, too many or an error break the response.
   *
   * A stream is read or cancelled before `close` is called. Bytes and Blobs may still be sent after it.
   */
  read(range: ByteRange, options?: ReadOptions): MaybePromise<RangeBytes>
  /**
   * Optional: fills the front of `target` with the bytes from `position` on, and tells how many (at
   * least one, fewer than asked if that is all there is for now). A server that owns its buffers reads with
   * this and copies nothing.
   */
  readInto?(target: Uint8Array<ArrayBuffer>, position: number): MaybePromise<number>
  /** Lets go of what `open` took. Called exactly once, whatever became of the request. */
  close(): MaybePromise<void>
}

/** Somewhere that representations come from: a folder, a bucket, a server. */
export interface RangeSource {
  /**
   * Opens what `key` names: nothing, unless `isKey(key)`.
   *
   * @returns `undefined` where there is no such representation, or none that may be seen.
   * @throws only for faults: {@link SourceBusyError} where it may work again in a moment.
   */
  open(key: string, options?: OpenOptions): MaybePromise<Representation | undefined>
}

/** Thrown by a source that cannot open anything more just now; answered with a 503. */
export class SourceBusyError extends Error {
  override readonly name = 'SourceBusyError'
}
