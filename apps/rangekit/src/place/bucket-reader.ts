import type { S3Bucket, S3Page } from '@rangekit/http-source/s3'
import type { FolderEntry } from '@rangekit/node-fs-source'
import { LRUCache } from 'lru-cache'
import type { FolderReader, Listing } from '../library/listing.ts'

/** Limits of {@link bucketReader}. */
export interface BucketReaderLimits {
  /** How many entries of a folder are listed. Default: 100,000. */
  readonly maxEntries?: number
  /** How many entries of all lists are kept in memory. Default: 250,000. */
  readonly maxKept?: number
  /** For how many milliseconds each page of a list is kept: a list of ten pages, ten times as long. Default: 10,000. */
  readonly keep?: number
}

interface Kept {
  readonly listing: Promise<Listing | undefined>
  /** Requests that it took. */
  pages: number
  /** Entries in it, and one for itself. */
  weight: number
  /** By `performance.now()`; infinite while it is read. */
  until: number
}

const MAX_KEEP = 600_000
/** Pages may be empty and yet have a next one: a store that goes on like that for ever is not followed for ever. */
const MAX_PAGES = 1000

/**
 * Lists a bucket as folders: what is between two slashes of a key is one. A list costs a request for each thousand
 * entries, so it is kept for some seconds, a long one longer; a bucket says nothing of changes.
 */
export function bucketReader(
  bucket: Pick<S3Bucket, 'list'>,
  { maxEntries = 100_000, maxKept = 250_000, keep = 10_000 }: BucketReaderLimits = {},
): FolderReader {
  const kept = new LRUCache<string, Kept>({
    maxSize: maxKept,
    // A list above the limit is kept alone.
    sizeCalculation: ({ weight }) => Math.min(weight, maxKept),
  })
  const keepOf = (pages: number) => Math.min(keep * pages, MAX_KEEP)

  function read(path: string): Promise<Listing | undefined> {
    const before = kept.get(path)
    if (before !== undefined && performance.now() < before.until) return before.listing
    const entry: Kept = {
      listing: list(path, (pages) => {
        entry.pages = pages
      }),
      pages: 1,
      weight: 1,
      until: Number.POSITIVE_INFINITY,
    }
    kept.set(path, entry)
    entry.listing.then(
      (listing) => {
        entry.until = performance.now() + keepOf(entry.pages)
        entry.weight += listing?.entries.length ?? 0
        if (kept.peek(path) !== entry) return
        kept.delete(path)
        kept.set(path, entry)
      },
      () => {
        if (kept.get(path) === entry) kept.delete(path)
      },
    )
    return entry.listing
  }

  async function list(path: string, onPages: (pages: number) => void): Promise<Listing | undefined> {
    const prefix = path === '' ? '' : `${path}/`
    const entries: FolderEntry[] = []
    let after: string | undefined
    let pages = 0
    do {
      const page = await bucket.list({ prefix, delimiter: '/', ...(after !== undefined && { after }) })
      onPages(++pages)
      entries.push(...entriesOf(page, prefix))
      after = page.next
    } while (after !== undefined && entries.length < maxEntries && pages < MAX_PAGES)
    // There are no folders but those that lead to something.
    if (entries.length === 0 && path !== '') return undefined
    return { entries, stamp: '', identity: path, ...(after !== undefined && { isPartial: true }) }
  }

  return {
    read,
    stamp: async () => '',
    async watch(path, onChange) {
      const timer = setInterval(onChange, keepOf(kept.get(path)?.pages ?? 1)).unref()
      return () => clearInterval(timer)
    },
  }
}

/** Objects and folders directly below a prefix. */
function entriesOf({ objects, folders }: S3Page, prefix: string): FolderEntry[] {
  const isName = (name: string) => name !== '' && !name.includes('/')
  const files = objects.map(({ key, size, modified }): FolderEntry => {
    // To the second, as Last-Modified of the object says it.
    const seconds = Math.floor((modified?.getTime() ?? 0) / 1000)
    return { kind: 'file', name: key.slice(prefix.length), size, modified: seconds * 1000 }
  })
  const below = folders.map(
    (folder): FolderEntry => ({
      kind: 'folder',
      name: folder.slice(prefix.length).replace(/\/$/, ''),
      size: 0,
      modified: 0,
    }),
  )
  return [...below, ...files].filter(({ name }) => isName(name))
}
