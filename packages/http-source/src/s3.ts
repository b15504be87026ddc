/**
 * S3 buckets, on every runtime.
 *
 * @module
 */
export { OriginError, type OriginFault } from './origin/origin-error.ts'
