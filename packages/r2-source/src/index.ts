export type {
  R2BucketLike,
  R2GetOptionsLike,
  R2HttpMetadataLike,
  R2ObjectBodyLike,
  R2ObjectLike,
} from './r2-bucket.ts'
export { type R2SourceOptions, r2Source } from './r2-source.ts'
