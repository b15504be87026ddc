/** The entries of a folder, loaded page by page from the front. */
import type { LibraryEntry, LibraryPage } from '../library/protocol.ts'

export interface Query {
  readonly path: string
  readonly q: string
  readonly sort: string
}

/** What is known of a folder. */
export interface Listing {
  readonly version: string
  readonly total: number
  /** Whether the search has stopped at a limit. */
  readonly isPartial: boolean
  readonly entries: readonly LibraryEntry[]
  readonly next: string | undefined
}

/** A response that is no page; status 404 if the folder is gone, 403 if the link to it has expired. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
  readonly status: number

  constructor(status: number) {
    super(`The server answered ${status}`)
    this.status = status
  }
}

const MIN_PAGE = 100
const MAX_PAGE = 1000

/** A link to the API, with the grant of this page. */
export function apiLink(path: string, query: Readonly<Record<string, string>> = {}): string {
  const { grant } = document.documentElement.dataset
  const parameters = new URLSearchParams({ ...query, ...(grant !== undefined && { grant }) })
  return parameters.size === 0 ? path : `${path}?${parameters}`
}

/**
 * Loads further entries.
 *
 * @param before what is known already; `undefined` to begin.
 * @param count how many entries are wanted altogether; more or fewer may come.
 * @throws LoadError, or what `fetch` throws.
 */
export async function loadMore(
  query: Query,
  before: Listing | undefined,
  count: number,
  signal: AbortSignal,
): Promise<Listing> {
  const entries = before?.entries ?? []
  const limit = Math.min(Math.max(count - entries.length, MIN_PAGE), MAX_PAGE)
  const cursor = before?.next
  const parameters = { ...query, limit: String(limit), ...(cursor !== undefined && { cursor }) }
  const response = await fetch(apiLink('api/videos', parameters), { signal })
  if (!response.ok) throw new LoadError(response.status)
  const page: LibraryPage = await response.json()
  return listingOf(page, entries)
}

/** Loads a folder from the front until `count` entries are known. */
export async function loadAll(query: Query, count: number, signal: AbortSignal): Promise<Listing> {
  let listing = await loadMore(query, undefined, count, signal)
  while (listing.next !== undefined && listing.entries.length < count) {
    listing = await loadMore(query, listing, count, signal)
  }
  return listing
}

/** What is known once a page has come after some entries. */
export function listingOf(page: LibraryPage, before: readonly LibraryEntry[] = []): Listing {
  // A folder that changes between two pages may repeat an entry.
  const known = new Set(before.map(({ key }) => key))
  const entries = [...before, ...page.entries.filter(({ key }) => !known.has(key))]
  const isLast = page.next === undefined
  return {
    version: page.version,
    total: isLast ? entries.length : page.total,
    isPartial: page.partial === true,
    entries,
    next: page.next,
  }
}
