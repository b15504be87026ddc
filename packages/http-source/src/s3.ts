/**
 * S3 buckets, on every runtime.
 *
 * @module
 */
export { OriginError, type OriginFault } from './origin/origin-error.ts'
export type { S3Object, S3Page } from './s3/list-result.ts'
export { preferRedirect, type RedirectOptions } from './s3/prefer-redirect.ts'
export {
  type S3Bucket,
  type S3ListOptions,
  type S3Options,
  type S3PresignOptions,
  s3Bucket,
  s3Source,
} from './s3/s3-bucket.ts'
export type { S3Credentials, S3Location, S3Signing } from './s3/s3-options.ts'
