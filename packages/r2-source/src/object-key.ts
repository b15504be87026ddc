/** R2 takes no longer keys, in bytes of UTF-8. */
const MAX_BYTES = 1024

/**
 * Whether a key may name an object: segments joined by `/`, none empty, none that begins with a dot, so that a
 * folder put into a bucket is served by the same rule as on disk.
 *
 * @param prefix what the key stands behind in the bucket.
 */
export function isObjectKey(key: string, prefix: string): boolean {
  return (
    key.split('/').every((segment) => segment !== '' && !segment.startsWith('.')) &&
    new TextEncoder().encode(prefix + key).byteLength <= MAX_BYTES
  )
}
