import type { R2Bucket } from '@cloudflare/workers-types'

/** The bindings and variables of `wrangler.jsonc`, and the secrets. */
export interface Env extends S3Env {
  /** The R2 bucket that is served. Not used if `S3_BUCKET` is set. */
  readonly MEDIA?: R2Bucket
  /** Cache-Control of the files. Default: the one stored with each object. */
  readonly CACHE_CONTROL?: string
  /** Origins whose pages may read the files, separated by spaces, or `*`. Default: none. */
  readonly CORS_ORIGIN?: string
  /**
   * `on`: what was read from the bucket is kept in the Cache API of the data center. It has an effect only on a domain of
   * your own. Default: off.
   */
  readonly CACHE?: string
  /**
   * Secrets of signed links, separated by spaces: only links signed with one of them are served. Store it as a secret.
   * Default: no signature is required.
   */
  readonly SIGNING_SECRETS?: string
}

/** A bucket of any S3 server in place of the binding. */
export interface S3Env {
  /** Its name. Default: the binding is served. */
  readonly S3_BUCKET?: string
  /** The URL of the S3 API. Default: that of AWS in the region. */
  readonly S3_ENDPOINT?: string
  /** Default: `us-east-1`. */
  readonly S3_REGION?: string
  /** What is put in front of every key. A `/` is added if it does not end in one. Default: nothing. */
  readonly S3_PREFIX?: string
  /** Store both as secrets. Default: requests are not signed, for public buckets. */
  readonly S3_ACCESS_KEY_ID?: string
  readonly S3_SECRET_ACCESS_KEY?: string
}
