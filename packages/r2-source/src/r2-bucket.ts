/**
 * The part of an R2 bucket binding that this package uses. A Worker's `R2Bucket` satisfies it; so can a stand-in in a
 * test, without the types of `@cloudflare/workers-types`.
 */
export interface R2BucketLike {
  /** Describes an object; `null` if there is none. */
  head(key: string): Promise<R2ObjectLike | null>
  /** Reads a range of an object, if it is still the version that `onlyIf` names. */
  get(key: string, options: R2GetOptionsLike): Promise<R2ObjectLike | R2ObjectBodyLike | null>
}

/** The range to read, and the entity tag, without quotes, of the version that it must be read from. */
export interface R2GetOptionsLike {
  /** In bytes. */
  readonly range: { readonly offset: number; readonly length: number }
  /** The version to read; of another one there is no body. */
  readonly onlyIf: { readonly etagMatches: string }
}

/** An object as `head` describes it, and as `get` returns it, without a body, if `onlyIf` does not hold. */
export interface R2ObjectLike {
  /** In bytes. */
  readonly size: number
  /** The entity tag without its quotes. */
  readonly etag: string
  /** The entity tag as it appears in ETag, with quotes. */
  readonly httpEtag: string
  /** When it was stored. */
  readonly uploaded: Date
  /** Digests that the upload supplied. */
  readonly checksums: { readonly sha256?: ArrayBuffer; readonly sha512?: ArrayBuffer }
  /** The field values stored with it. */
  readonly httpMetadata?: R2HttpMetadataLike
}

/** An object with the bytes of the requested range. */
export interface R2ObjectBodyLike extends R2ObjectLike {
  /** The bytes of the range. */
  readonly body: ReadableStream<Uint8Array>
  /** The same bytes, in one piece. */
  arrayBuffer(): Promise<ArrayBuffer>
}

/** The field values stored with an object. */
export interface R2HttpMetadataLike {
  /** Content-Type. */
  readonly contentType?: string
  /** Content-Language. */
  readonly contentLanguage?: string
  /** Content-Disposition. */
  readonly contentDisposition?: string
  /** Content-Encoding. */
  readonly contentEncoding?: string
  /** Cache-Control. */
  readonly cacheControl?: string
}
