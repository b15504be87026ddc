import type { EntityTag, RangeSource } from '@rangekit/range-core'

/** Bytes in memory, or a Blob of the runtime's, and what is known of them. */
export interface BlobEntry {
  readonly data: Blob | Uint8Array<ArrayBuffer>
  /** Default: the Blob's type, if it has one. */
  readonly contentType?: string | undefined
  readonly etag?: EntityTag | undefined
  /** Default: the File's time. */
  readonly lastModified?: Date | undefined
}

/**
 * Blobs, Files and bytes as a source of byte ranges.
 *
 * @param find the entry of a key, or `undefined`.
 * @example
 * const entries = new Map([['hello.txt', { data: new Blob(['hello']), contentType: 'text/plain' }]])
 * const handler = createHandler(blobSource((key) => entries.get(key)))
 */
export function blobSource(
  find: (key: string) => BlobEntry | undefined | Promise<BlobEntry | undefined>,
): RangeSource {
  return {
    async open(key) {
      const entry = await find(key)
      if (entry === undefined) return undefined
      const { data } = entry
      const blob = data instanceof Blob ? data : undefined
      return {
        completeLength: data instanceof Blob ? data.size : data.byteLength,
        contentType: entry.contentType ?? (blob?.type || undefined),
        etag: entry.etag,
        lastModified: entry.lastModified ?? (blob instanceof File ? new Date(blob.lastModified) : undefined),
        read: ({ firstPos, lastPos }) =>
          data instanceof Blob ? data.slice(firstPos, lastPos + 1) : data.subarray(firstPos, lastPos + 1),
        close() {},
      }
    },
  }
}
