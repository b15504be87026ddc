import type { EntityTag } from './entity-tag.ts'
import type { RangeSource } from './source.ts'

/** Something held in memory, or by the runtime, with what it wants to say of itself. */
export interface BlobEntry {
  readonly data: Blob | Uint8Array<ArrayBuffer>
  /** Default: a Blob's own type, if it has one. */
  readonly contentType?: string | undefined
  readonly etag?: EntityTag | undefined
  /** Default: a File's own time. */
  readonly lastModified?: Date | undefined
}

/**
 * Blobs, Files and bytes as a source of byte ranges.
 *
 * @param find what a key names, or `undefined`; it may take its time.
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
