import { readCursor } from './cursor.ts'
import type { Place } from './order.ts'
import { SORTS, type Sort } from './protocol.ts'

/** What `GET /api/videos` is asked for. */
export interface LibraryQuery {
  /** Not checked: a folder of this name may not exist. */
  readonly path: string
  /** What to search for; `''`: everything in the folder itself. */
  readonly q: string
  readonly sort: Sort
  /** The page begins after it. */
  readonly after: Place | undefined
  readonly limit: number
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000
/** Characters of a search. */
export const MAX_Q = 200
const NAMES = ['path', 'q', 'sort', 'cursor', 'limit'] as const

/**
 * Reads the parameters of a query. Others than ours are ignored.
 *
 * @returns a text that says what is wrong, if something is.
 */
export function readQuery(params: URLSearchParams): LibraryQuery | string {
  const twice = NAMES.find((name) => params.getAll(name).length > 1)
  if (twice !== undefined) return `${twice} is given twice`
  const [path = '', q = '', sort = 'title', cursor = '', limit = `${DEFAULT_LIMIT}`] = NAMES.map(
    (name) => params.get(name) || undefined,
  )
  if (q.length > MAX_Q) return `q is longer than ${MAX_Q} characters`
  if (!isSort(sort)) return `sort is not one of ${SORTS.join(', ')}`
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > MAX_LIMIT)
    return `limit is not a whole number from 1 to ${MAX_LIMIT}`
  const after = cursor === '' ? undefined : readCursor(cursor, sort)
  if (cursor !== '' && after === undefined) return 'cursor is not one of a page in this order'
  return { path, q: q.trim(), sort, after, limit: Number(limit) }
}

function isSort(text: string): text is Sort {
  return SORTS.some((sort) => sort === text)
}
