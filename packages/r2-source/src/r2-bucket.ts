/**
 * What is used of an R2 bucket binding. A Worker's `R2Bucket` is one; nobody has to have its types to use this
 * package, or to try it with a bucket of their own making.
 */
export interface R2BucketLike {
  head(key: string): Promise<R2ObjectLike | null>
  get(key: string, options: R2GetOptionsLike): Promise<R2ObjectLike | R2ObjectBodyLike | null>
}

export interface R2GetOptionsLike {
  readonly range: { readonly offset: number; readonly length: number }
  readonly onlyIf: { readonly etagMatches: string }
}

/** An object as `head` describes it; `get` gives one without a body where `onlyIf` does not hold. */
export interface R2ObjectLike {
  readonly size: number
  /** The entity tag without its quotes. */
  readonly etag: string
  /** The entity tag as it stands in the field. */
  readonly httpEtag: string
  readonly uploaded: Date
  readonly checksums: { readonly sha256?: ArrayBuffer; readonly sha512?: ArrayBuffer }
  readonly httpMetadata?: R2HttpMetadataLike
}

export interface R2ObjectBodyLike extends R2ObjectLike {
  readonly body: ReadableStream<Uint8Array>
  arrayBuffer(): Promise<ArrayBuffer>
}

export interface R2HttpMetadataLike {
  readonly contentType?: string
  readonly contentLanguage?: string
  readonly contentDisposition?: string
  readonly contentEncoding?: string
  readonly cacheControl?: string
}
