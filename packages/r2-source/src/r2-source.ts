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

export interface R2SourceOptions {
  /** What every key begins with in the bucket, `films/` for example. Default: nothing. */
  readonly prefix?: string
  /** The media type of an object that was stored without one, by its key. Default: by its extension. */
  readonly contentType?: (key: string) => string | undefined
}

/** Up to this many bytes are read at once; a longer range is R2's own stream, which workerd sends untouched. */
const WHOLE = 64 * 1024

/**
 * A Cloudflare R2 bucket as a source of byte ranges.
 *
 * A key is the object's, with `/` between its segments. As with files, one with a segment that is empty or begins
 * with a dot names nothing, whatever the bucket holds.
 *
 * `open` asks for the object's head, and every `read` for a range of that very version: R2 compares the entity tag.
 * Where the object has been replaced or deleted since, `read` throws {@link SourceBusyError}.
 *
 * @param bucket the binding, `env.MEDIA` for example.
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
  return length <= WHOLE ? new Uint8Array(await object.arrayBuffer()) : object.body
}

/** What was stored with the object; without its Content-Encoding, the bytes would be taken for something else. */
function fieldsOf({ httpMetadata = {} }: R2ObjectLike): Fields {
  const { contentEncoding, contentLanguage, contentDisposition } = httpMetadata
  return {
    ...(contentEncoding !== undefined && { 'Content-Encoding': contentEncoding }),
    ...(contentLanguage !== undefined && { 'Content-Language': contentLanguage }),
    ...(contentDisposition !== undefined && { 'Content-Disposition': contentDisposition }),
  }
}

/** The digests that R2 compared when the object was stored; it knows those that the upload named. */
function digestsOf({ checksums: { sha256, sha512 } }: R2ObjectLike): ReprDigests {
  return { ...(sha256 && { 'sha-256': base64(sha256) }), ...(sha512 && { 'sha-512': base64(sha512) }) }
}

function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
}
