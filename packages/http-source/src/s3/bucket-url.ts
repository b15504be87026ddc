import { isHidden, isKey } from '@rangekit/range-core'
import { encodeStrictly } from './encode.ts'
import { DEFAULT_REGION, type S3Location } from './s3-options.ts'

/** S3 takes no longer names, in bytes of UTF-8. */
const MAX_BYTES = 1024
/** What can be a part of a host name. */
const HOST_PART = /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/i

/**
 * The URL below which a bucket's objects are, with a slash at its end.
 *
 * @throws TypeError if the bucket's name cannot be a part of a URL, or the endpoint is none of HTTP.
 */
export function bucketUrl(location: S3Location): string {
  const { bucket, region = DEFAULT_REGION, endpoint = awsEndpoint(region) } = location
  const { pathStyle = location.endpoint !== undefined || bucket.includes('.') } = location
  const url = new URL(endpoint)
  if (!/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError(
      `Expected a URL of http or https with nothing behind its path as endpoint, got ${endpoint}`,
    )
  }
  if (!(pathStyle ? isKey(bucket) && !bucket.includes('/') : HOST_PART.test(bucket))) {
    throw new TypeError(`Expected the name of a bucket, got ${JSON.stringify(bucket)}`)
  }
  const path = url.pathname.replace(/\/*$/, '/')
  return pathStyle
    ? `${url.origin}${path}${encodeStrictly(bucket)}/`
    : `${url.protocol}//${bucket}.${url.host}${path}`
}

/** The part of AWS that a region belongs to has its own domain. */
function awsEndpoint(region: string): string {
  if (!HOST_PART.test(region))
    throw new TypeError(`Expected the name of a region, got ${JSON.stringify(region)}`)
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** @throws TypeError if no key can stand behind it. */
export function checkPrefix(prefix: string): void {
  if (!isKey(`${prefix}x`)) throw new TypeError(`Expected a prefix of keys, got ${JSON.stringify(prefix)}`)
}

/**
 * Whether a text is a key that may name an object: no dotfile, so that a folder put into a bucket is served by the same
 * rule as on disk, and not too long.
 *
 * @param prefix what the key stands behind in the bucket.
 */
export function isObjectKey(key: string, prefix: string): boolean {
  return (
    isKey(key) &&
    !isHidden(key) &&
    key.isWellFormed() &&
    new TextEncoder().encode(prefix + key).byteLength <= MAX_BYTES
  )
}
