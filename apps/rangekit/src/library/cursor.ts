import { isKey } from '@rangekit/range-core'
import { modifiedOf, type Place } from './order.ts'
import { splitKey } from './paths.ts'
import type { Sort } from './protocol.ts'
import { parseName } from './title.ts'

/**
 * Writes the place of the last item of a page as a cursor: its key and what it was sorted by. The next page begins after
 * that place, whether the item is still there or not, so items that did not change are neither repeated nor skipped.
 */
export function writeCursor(place: Place, sort: Sort): string {
  const { kind, key, size } = place
  const isFolder = kind === 'folder' ? 1 : 0
  return Buffer.from(JSON.stringify([sort, isFolder, key, size, modifiedOf(place)])).toString('base64url')
}

/** The place that a cursor names; `undefined` if it is not one of {@link writeCursor} for the same sort. */
export function readCursor(text: string, sort: Sort): Place | undefined {
  const parts = parse(Buffer.from(text, 'base64url').toString())
  if (!Array.isArray(parts) || parts.length !== 5) return undefined
  const [itsSort, isFolder, key, size, modified]: unknown[] = parts
  if (itsSort !== sort || typeof key !== 'string' || !isKey(key)) return undefined
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(modified)) return undefined
  const { name } = splitKey(key)
  const place = { key, size: Number(size), modified: Number(modified) }
  if (isFolder === 1) return { ...place, kind: 'folder', title: name }
  return isFolder === 0 ? { ...place, kind: 'other', title: parseName(name).title } : undefined
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
