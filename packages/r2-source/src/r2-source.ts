import { mediaType } from '@rangekit/media-type'
import {
  type ByteRange,
  byteLength,
  type Fields,
  parseEntityTag,
  type RangeBytes,
  type RangeSource,
  type ReprDigests,
  type Representation,
  SourceBusyError,
} from '@rangekit/range-core'
import { isObjectKey } from './object-key.ts'
import type { R2BucketLike, R2ObjectLike } from './r2-bucket.ts'

/** Options of {@link r2Source}. */
export interface R2SourceOptions {
  /** Put in front of every key to form the object's name, for example `films/`. Default: none. */
  readonly prefix?: string
  /** The media type for the key of an object that was stored without one. Default: by its extension. */
  readonly contentType?: (key: string) => string | undefined
}

/** A range of up to this many bytes is buffered; a longer one is R2's own stream, which workerd can send natively. */
const MAX_BUFFERED = 64 * 1024

/**
 * Serves a Cloudflare R2 bucket as a source of byte ranges.
 *
 * A key is the name of an object without `prefix`, with `/` between its segments. As with files, a key with a segment
 * that is empty or starts with a dot is not found, whatever the bucket holds.
 *
 * `open` makes one `head` request, and each `read` one `get` request for a range of that same version: R2 compares the
 * entity tag. If the object was replaced or deleted in between, `read` throws {@link SourceBusyError}.
 *
 * @param bucket the binding, for example `env.MEDIA`.
 * @example
 * export default {
 *   fetch: (request: Request, env: { MEDIA: R2BucketLike }) => createHandler(r2Source(env.MEDIA))(request),
 * }
 */
export function r2Source(bucket: R2BucketLike, options: R2SourceOptions = {}): RangeSource {
  const { prefix = '', contentType = mediaType } = options
  return {
    async open(key) {
      if (!isObjectKey(key, prefix)) return undefined
      const object = await bucket.head(prefix + key)
      return object === null ? undefined : represent(bucket, prefix + key, object, contentType(key))
    },
  }
}

function represent(
  bucket: R2BucketLike,
  key: string,
  object: R2ObjectLike,
  typeByKey: string | undefined,
): Representation {
  const { contentType = typeByKey, cacheControl } = object.httpMetadata ?? {}
  return {
    completeLength: object.size,
    contentType,
    cacheControl,
    fields: fieldsOf(object),
    etag: parseEntityTag(object.httpEtag),
    lastModified: object.uploaded,
    digests: digestsOf(object),
    read: (range) => readRange(bucket, key, object.etag, range),
    close() {},
  }
}

async function readRange(
  bucket: R2BucketLike,
  key: string,
  etag: string,
  range: ByteRange,
): Promise<RangeBytes> {
  const length = byteLength(range)
  const object = await bucket.get(key, {
    range: { offset: range.firstPos, length },
    onlyIf: { etagMatches: etag },
  })
  if (object === null || !('body' in object)) {
    const change = object === null ? 'deleted' : 'replaced'
    throw new SourceBusyError(`The object was ${change} while it was read: ${key}`)
  }
  return length <= MAX_BUFFERED ? new Uint8Array(await object.arrayBuffer()) : object.body
}

/** The fields stored with the object. Without its Content-Encoding, a client could not decode the bytes. */
function fieldsOf({ httpMetadata = {} }: R2ObjectLike): Fields {
  const { contentEncoding, contentLanguage, contentDisposition } = httpMetadata
  return {
    ...(contentEncoding !== undefined && { 'Content-Encoding': contentEncoding }),
    ...(contentLanguage !== undefined && { 'Content-Language': contentLanguage }),
    ...(contentDisposition !== undefined && { 'Content-Disposition': contentDisposition }),
  }
}

/** The digests that R2 verified when the object was stored: those that the upload supplied. */
function digestsOf({ checksums: { sha256, sha512 } }: R2ObjectLike): ReprDigests {
  return { ...(sha256 && { 'sha-256': base64(sha256) }), ...(sha512 && { 'sha-512': base64(sha512) }) }
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}
