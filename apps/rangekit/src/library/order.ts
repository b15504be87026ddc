import type { Item } from './item.ts'
import type { Sort } from './protocol.ts'

/** What decides the place of an item. */
export type Place = Pick<Item, 'kind' | 'key' | 'title' | 'size' | 'modified' | 'growing'>
type Compare = (a: Place, b: Place) => number

/** A fixed locale: cursors must mean the same on every worker. Numbers in titles count as numbers. */
const titles = new Intl.Collator('en', { numeric: true })

const byTitle: Compare = (a, b) => titles.compare(a.title, b.title) || byKey(a, b)
/** Titles that the collator takes for equal still have one order. */
const byKey: Compare = (a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))
const bySize: Compare = (a, b) => a.size - b.size || byTitle(a, b)
const byModified: Compare = (a, b) => modifiedOf(a) - modifiedOf(b) || byTitle(a, b)
const foldersFirst: Compare = (a, b) => Number(b.kind === 'folder') - Number(a.kind === 'folder')

const ORDERS: Readonly<Record<Sort, Compare>> = {
  title: byTitle,
  '-title': (a, b) => byTitle(b, a),
  size: bySize,
  '-size': (a, b) => b.size - a.size || byTitle(a, b),
  modified: byModified,
  '-modified': (a, b) => modifiedOf(b) - modifiedOf(a) || byTitle(a, b),
}

/** What an item is ordered by. Files that are still being written are modified now: all of them, so they stay in order. */
export function modifiedOf({ modified, growing }: Place): number {
  return growing === undefined ? modified : Number.MAX_SAFE_INTEGER
}

/** The order of a sort: total, so that no two items share a place. */
export function orderOf(sort: Sort): Compare {
  const compare = ORDERS[sort]
  return (a, b) => foldersFirst(a, b) || compare(a, b)
}

export function sortItems<T extends Place>(items: readonly T[], sort: Sort): readonly T[] {
  return items.toSorted(orderOf(sort))
}

/** The index of the first item after a place, by binary search. */
export function indexAfter(sorted: readonly Place[], place: Place, sort: Sort): number {
  const compare = orderOf(sort)
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const item = sorted[middle]
    if (item !== undefined && compare(item, place) <= 0) low = middle + 1
    else high = middle
  }
  return low
}
