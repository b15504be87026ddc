import type { RangeSource } from '@rangekit/range-core'
import { Origin } from '../origin/origin.ts'
import { OriginError } from '../origin/origin-error.ts'
import type { OriginOptions } from '../origin/origin-options.ts'
import { type OriginSourceOptions, originSource } from '../origin/origin-source.ts'
import { bucketUrl, checkPrefix, isObjectKey } from './bucket-url.ts'
import { downloadAs } from './disposition.ts'
import { encodeQuery, encodeStrictly } from './encode.ts'
import { parseListResult, type S3Page } from './list-result.ts'
import type { S3Location, S3Signing } from './s3-options.ts'
import { S3Signer } from './sign.ts'

/** Options of {@link s3Source} and {@link s3Bucket}. */
export interface S3Options
  extends S3Location,
    S3Signing,
    OriginSourceOptions,
    Omit<OriginOptions, 'sign' | 'headers'> {
  /** Put in front of every key to form the object's name, for example `films/`. Default: none. */
  readonly prefix?: string | undefined
}

/** Which objects of a bucket are listed. */
export interface S3ListOptions {
  /** What keys begin with, such as `films/`. Default: all. */
  readonly prefix?: string | undefined
  /** Puts keys that have the same text up to this one together, as a folder. Default: none, all keys are listed. */
  readonly delimiter?: string | undefined
  /** The `next` of the page before. Default: the first page. */
  readonly after?: string | undefined
  /** The most objects and folders that a page has; a store gives no more than 1,000. Default: what the store gives. */
  readonly limit?: number | undefined
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined
}

/** What a presigned URL is for. */
export interface S3PresignOptions {
  /** Seconds, up to 604,800: a week. Temporary credentials end earlier. */
  readonly expiresIn: number
  /** The name under which the response is saved. Default: what is stored with the object. */
  readonly download?: string | undefined
  /** The media type of the response. Default: what is stored with the object. */
  readonly contentType?: string | undefined
}

/** A bucket, or what is below a prefix of it. */
export interface S3Bucket {
  /** Its objects, by their names without `prefix`. */
  readonly source: RangeSource
  /**
   * One page of a list, in the order of the store: that of UTF-8. What the source does not open is left out, so a page
   * may be empty and yet have a next one.
   *
   * @throws OriginError
   */
  list(options?: S3ListOptions): Promise<S3Page>
  /**
   * A URL with which anyone can get an object until it expires. Nothing is asked of the store.
   *
   * @throws TypeError if there are no credentials, or the key can name nothing.
   * @throws RangeError if `expiresIn` is not a whole number from 1 to 604,800.
   */
  presign(key: string, options: S3PresignOptions): Promise<string>
}

/** A page of 1,000 keys of 1,024 bytes, each encoded as three, fits. */
const MAX_LIST = 8 * 1024 * 1024
const WEEK = 604_800

/**
 * Serves an S3 bucket as a source of byte ranges.
 *
 * @throws TypeError if `bucket`, `endpoint`, `region` or `prefix` cannot be meant.
 * @example
 * const source = s3Source({ bucket: 'films', endpoint: 'http://127.0.0.1:9000', credentials })
 */
export function s3Source(options: S3Options): RangeSource {
  return s3Bucket(options).source
}

/**
 * Opens an S3 bucket: as a source of byte ranges, to list, and to make URLs for others.
 *
 * A key is the name of an object without `prefix`, with `/` between its segments. As with files, a key with a segment
 * that is empty or starts with a dot is not found, whatever the bucket holds.
 *
 * @throws TypeError if `bucket`, `endpoint`, `region` or `prefix` cannot be meant.
 */
export function s3Bucket(options: S3Options): S3Bucket {
  const { prefix = '', ...rest } = options
  const url = bucketUrl(options)
  checkPrefix(prefix)
  const signer = new S3Signer(options)
  const origin = new Origin({ ...rest, sign: (request) => signer.sign(request) })
  const urlOf = (key: string) =>
    isObjectKey(key, prefix) ? url + (prefix + key).split('/').map(encodeStrictly).join('/') : undefined

  return {
    source: originSource(origin, urlOf, rest),
    async list({ prefix: below = '', delimiter, after, limit, signal } = {}) {
      const query = encodeQuery({
        'list-type': '2',
        'encoding-type': 'url',
        prefix: prefix + below,
        delimiter,
        'continuation-token': after,
        'max-keys': limit === undefined ? undefined : String(limit),
      })
      const text = await origin.text(`${url}?${query}`, MAX_LIST, signal)
      return withoutPrefix(parse(text), prefix)
    },
    async presign(key, { expiresIn, download, contentType: type }) {
      const object = urlOf(key)
      if (object === undefined)
        throw new TypeError(`Expected the key of an object, got ${JSON.stringify(key)}`)
      if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > WEEK) {
        throw new RangeError(`Expected a whole number of seconds from 1 to ${WEEK}, got ${expiresIn}`)
      }
      const query = encodeQuery({
        'response-content-disposition': download === undefined ? undefined : downloadAs(download),
        'response-content-type': type,
      })
      return signer.presign(`${object}${query && '?'}${query}`, expiresIn)
    },
  }
}

function parse(text: string): S3Page {
  try {
    return parseListResult(text)
  } catch (error) {
    throw new OriginError('failed', 'The list of the bucket cannot be read', { cause: error })
  }
}

function withoutPrefix({ objects, folders, next }: S3Page, prefix: string): S3Page {
  const short = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : '')
  return {
    objects: objects
      .map((object) => ({ ...object, key: short(object.key) }))
      .filter(({ key }) => isObjectKey(key, prefix)),
    folders: folders.map(short).filter((folder) => isObjectKey(folder.replace(/\/$/, ''), prefix)),
    next,
  }
}
