/**
 * The part of an R2 bucket binding that this package uses. A Worker's `R2Bucket` satisfies it; so can a stand-in in a
 * test, without the types of `@cloudflare/workers-types`.
 */
export interface R2BucketLike {
  head(key: string): Promise<R2ObjectLike | null>
  get(key: string, options: R2GetOptionsLike): Promise<R2ObjectLike | R2ObjectBodyLike | null>
}

/** The range to read, and the entity tag, without quotes, of the version that it must be read from. */
export interface R2GetOptionsLike {
  /** In bytes. */
  readonly range: { readonly offset: number; readonly length: number }
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
  readonly uploaded: Date
  readonly checksums: { readonly sha256?: ArrayBuffer; readonly sha512?: ArrayBuffer }
  readonly httpMetadata?: R2HttpMetadataLike
}

/** An object with the bytes of the requested range. */
export interface R2ObjectBodyLike extends R2ObjectLike {
  readonly body: ReadableStream<Uint8Array>
  arrayBuffer(): Promise<ArrayBuffer>
}

/** The field values stored with an object. */
export interface R2HttpMetadataLike {
  readonly contentType?: string
  readonly contentLanguage?: string
  readonly contentDisposition?: string
  readonly contentEncoding?: string
  readonly cacheControl?: string
}
