/** The seam between the protocol and the places where bytes come from. */
import type { ByteRange, IntRange } from './byte-range.ts'
import type { MaybePromise } from './maybe-promise.ts'
import type { ReprDigests } from './repr-digest.ts'
import type { Validators } from './validators.ts'

/** Response fields by name. */
export type Fields = Readonly<Record<string, string>>

/** What is known of a representation without reading it. */
export interface RepresentationInfo extends Validators {
  /**
   * Bytes in the whole representation, including those that are still to come; `undefined` if their number is not known yet.
   * Fixed from `open` on.
   */
  readonly completeLength: number | undefined
  /**
   * Whether all bytes are there: a getter if the representation grows. Its bytes never change once they are there, so its
   * entity tag may be strong and stays the same. Default: true.
   */
  readonly isComplete?: boolean | undefined
  /** How many bytes are there, from the first one on: a getter if the representation grows. Default: all of them. */
  readonly frontier?: number | undefined
  /** Its media type, as sent in Content-Type. */
  readonly contentType?: string | undefined
  /**
   * Its Cache-Control, if the source keeps one. The option `cacheControl` replaces it unless it says `no-store`, which a
   * source says when it cannot tell this version from the next one.
   */
  readonly cacheControl?: string | undefined
  /**
   * Further fields that describe it, such as Content-Encoding or Content-Language. Names are compared without case;
   * fields that the plan decides itself, such as Content-Length or ETag, are ignored.
   */
  readonly fields?: Fields | undefined
  /** Digests of the whole representation, by algorithm (RFC 9530). */
  readonly digests?: ReprDigests | undefined
}

/** One range's bytes, in the form that the source has and the runtime sends best. */
export type RangeBytes = Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>

/** Options of `open`. Read its properties instead of spreading it: they may be getters of a prototype. */
export interface OpenOptions {
  /** Aborted when no client waits for the response any more. Made on first use: some runtimes pay for a signal. */
  readonly signal?: AbortSignal | undefined
  /**
   * Accept-Encoding of the request (9110 §12.5.3), for a source that has a key in several content codings. Several lines
   * of it are joined by commas; `undefined` if there is none.
   */
  readonly acceptEncoding?: string | undefined
  /**
   * A hint: the range that will most likely be read first, as far as the request tells before the representation is
   * known. A distant source can fetch it together with the metadata, and need not: `read` says what is wanted.
   */
  readonly likelyRange?: IntRange | undefined
}

/** Options of `read`. Read its properties instead of spreading it: they may be getters of a prototype. */
export interface ReadOptions {
  /** Aborted when no client waits for the bytes any more. */
  readonly signal?: AbortSignal | undefined
}

/**
 * One version of something that can be served: what it reports and what it reads belong together, even when its key
 * names another version by now.
 */
export interface Representation extends RepresentationInfo {
  /**
   * The bytes of one range, exactly that many. Too few, too many or an error break the response. Bytes that are still to
   * come are waited for; an open-ended range (`isOpenEnded`) ends when the representation is complete, and only one whose
   * `completeLength` is undefined is asked for it.
   *
   * A stream is read or cancelled before `close` is called. Bytes and Blobs may still be sent after it.
   */
  read(range: ByteRange, options?: ReadOptions): MaybePromise<RangeBytes>
  /**
   * Optional: fills the front of `target` with the bytes from `position` on. A server that owns its buffers reads with
   * this and copies nothing.
   *
   * @param options a source may heed its `signal`; a server need not pass any.
   * @returns how many bytes were read: at least one, which may be waited for, possibly fewer than `target` holds; 0 only
   * past the end.
   */
  readInto?(target: Uint8Array<ArrayBuffer>, position: number, options?: ReadOptions): MaybePromise<number>
  /**
   * Optional, for what grows: waits until the byte at a position is there, or is known never to come. A server that owns its
   * buffers takes one after that.
   *
   * @param options the wait ends with the `signal`.
   * @returns `undefined` if there is nothing to wait for.
   * @throws Error, as a rejection, if what writes the representation fails.
   */
  whenThere?(position: number, options?: ReadOptions): Promise<void> | undefined
  /**
   * Optional: bytes from `position` on that are in memory, from 1 to `limit` of them, as a view that never changes. A
   * server writes it without a copy.
   *
   * @param limit how many bytes will be wanted from there on; a source may fetch that many ahead of their reading.
   * @returns `undefined` where `readInto`, which such a source has as well, must be asked.
   */
  peek?(position: number, limit: number): Uint8Array<ArrayBuffer> | undefined
  /** Releases what `open` took. Called exactly once, however the request ends. */
  close(): MaybePromise<void>
}

/** A place where representations come from: a folder, a bucket, a server. */
export interface RangeSource {
  /**
   * Opens what `key` names: nothing, unless `isKey(key)`.
   *
   * @returns `undefined` if there is no such representation, or none that may be served.
   * @throws only for faults: {@link SourceBusyError} if it may work again in a moment.
   */
  open(key: string, options?: OpenOptions): MaybePromise<Representation | undefined>
}

/** Thrown by a source that cannot open anything more at the moment; answered with a 503. */
export class SourceBusyError extends Error {
  override readonly name = 'SourceBusyError'
}
