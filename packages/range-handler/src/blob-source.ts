import type { EntityTag, RangeSource } from '@rangekit/range-core'

/** Bytes in memory, a Blob or a File, and its metadata. */
export interface BlobEntry {
  /** Must not change while it is served. */
  readonly data: Blob | Uint8Array<ArrayBuffer>
  /** The media type, sent as Content-Type. Default: the Blob's type, if it has one. */
  readonly contentType?: string | undefined
  /** Default: none. */
  readonly etag?: EntityTag | undefined
  /** Default: the File's, or none. */
  readonly lastModified?: Date | undefined
}

/**
 * Serves Blobs, Files and bytes in memory as a source of byte ranges. Nothing is copied.
 *
 * @param find the entry of a key; `undefined` is answered with a 404. What it throws is answered with a 500.
 * @example
 * const entries = new Map([['hello.txt', { data: new Blob(['hello']), contentType: 'text/plain' }]])
 * const handler = createHandler(blobSource((key) => entries.get(key)))
 * const response = await handler(new Request('http://localhost/hello.txt'))
 * response.headers.get('Content-Type') // 'text/plain'
 */
export function blobSource(
  find: (key: string) => BlobEntry | undefined | Promise<BlobEntry | undefined>,
): RangeSource {
  return {
    async open(key) {
      const entry = await find(key)
      if (entry === undefined) return undefined
      const { data } = entry
      return {
        completeLength: data instanceof Blob ? data.size : data.byteLength,
        contentType: entry.contentType ?? (data instanceof Blob && data.type !== '' ? data.type : undefined),
        etag: entry.etag,
        lastModified: entry.lastModified ?? (data instanceof File ? new Date(data.lastModified) : undefined),
        read: ({ firstPos, lastPos }) =>
          data instanceof Blob ? data.slice(firstPos, lastPos + 1) : data.subarray(firstPos, lastPos + 1),
        close() {},
      }
    },
  }
}
