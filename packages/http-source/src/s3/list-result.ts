import { type EntityTag, parseEntityTag } from '@rangekit/range-core'
import { parseXml, type XmlElement } from '@rgrove/parse-xml'

/** One object of a bucket. */
export interface S3Object {
  /** Without the `prefix` of the bucket: what the source opens it by. */
  readonly key: string
  /** In bytes. */
  readonly size: number
  /** When it was stored. */
  readonly modified: Date | undefined
  /** The same that the source reports. */
  readonly etag: EntityTag | undefined
}

/** One page of a list, with names as the store has them. */
export interface S3Page {
  /** In the order of their keys. */
  readonly objects: readonly S3Object[]
  /** What keys have in common up to the delimiter, which is at the end. */
  readonly folders: readonly string[]
  /** Where the next page begins, if there is one. */
  readonly next: string | undefined
}

/**
 * Reads the response to ListObjectsV2.
 *
 * @throws Error if it is another document, or damaged.
 */
export function parseListResult(text: string): S3Page {
  const { root } = parseXml(text)
  if (root?.name !== 'ListBucketResult') throw new Error(`Expected a ListBucketResult, got ${root?.name}`)
  const isEncoded = textOf(root, 'EncodingType') === 'url'
  const decode = (name: string) => (isEncoded ? decodeURIComponent(name.replaceAll('+', ' ')) : name)
  const next = textOf(root, 'NextContinuationToken')
  if (next === undefined && textOf(root, 'IsTruncated') === 'true') {
    throw new Error('The list is cut off, and does not say where it continues')
  }
  return {
    objects: childrenOf(root, 'Contents').map((entry) => objectOf(entry, decode)),
    folders: childrenOf(root, 'CommonPrefixes').map((entry) => decode(required(entry, 'Prefix'))),
    next,
  }
}

function objectOf(entry: XmlElement, decode: (name: string) => string): S3Object {
  const size = required(entry, 'Size')
  const modified = new Date(textOf(entry, 'LastModified') ?? Number.NaN)
  if (!/^\d{1,15}$/.test(size)) throw new Error(`Expected a number of bytes as Size, got ${size}`)
  return {
    key: decode(required(entry, 'Key')),
    size: Number(size),
    modified: Number.isNaN(modified.getTime()) ? undefined : modified,
    etag: parseEntityTag(textOf(entry, 'ETag') ?? ''),
  }
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement => 'name' in child && child.name === name)
}

function textOf(element: XmlElement, name: string): string | undefined {
  return childrenOf(element, name)[0]?.text
}

function required(element: XmlElement, name: string): string {
  const text = textOf(element, name)
  if (text === undefined) throw new Error(`A ${element.name} has no ${name}`)
  return text
}
