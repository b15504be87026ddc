import { isHidden, isKey } from '@rangekit/range-core'

/** R2 takes no longer keys, in bytes of UTF-8. */
const MAX_BYTES = 1024

/**
 * Whether a text is a key that may name an object: no dotfile, so that a folder put into a bucket is served by the same
 * rule as on disk, and not too long.
 *
 * @param prefix what the key stands behind in the bucket.
 */
export function isObjectKey(key: string, prefix: string): boolean {
  return isKey(key) && !isHidden(key) && new TextEncoder().encode(prefix + key).byteLength <= MAX_BYTES
}
