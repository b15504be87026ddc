import type { MaybePromise } from '@rangekit/range-core'

/** What requests to S3 are signed with. */
export interface S3Credentials {
  /** Sent with each request. */
  readonly accessKeyId: string
  /** Signs requests, and is never sent. */
  readonly secretAccessKey: string
  /** For temporary credentials. */
  readonly sessionToken?: string | undefined
}

/** Which bucket, and where it is. */
export interface S3Location {
  /** The bucket's name. */
  readonly bucket: string
  /**
   * The URL of the S3 API of a store that is not AWS, such as `https://minio.example:9000`. Default: that of AWS in
   * `region`.
   */
  readonly endpoint?: string | undefined
  /** The region that requests are signed for; `auto` for Cloudflare R2. Default: `us-east-1`. */
  readonly region?: string | undefined
  /**
   * Whether the bucket is the first segment of the path, not a part of the host name. Default: true with `endpoint`, and
   * for names with a dot, which the certificates of AWS do not cover; otherwise false.
   */
  readonly pathStyle?: boolean | undefined
}

/** How requests are signed. */
export interface S3Signing {
  /** The region that requests are signed for. Default: `us-east-1`. */
  readonly region?: string | undefined
  /**
   * Asked for each request if it is a function, so that it can renew what expires. Default, also if there are none:
   * requests are not signed, for public buckets.
   */
  readonly credentials?: S3Credentials | (() => MaybePromise<S3Credentials | undefined>) | undefined
}

/** The region of a bucket that is not said to be anywhere. */
export const DEFAULT_REGION = 'us-east-1'
