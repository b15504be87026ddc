import type { FolderEntry } from '@rangekit/node-fs-source'
import { type Item, itemOf } from './item.ts'
import type { Listing } from './listing.ts'
import { sortItems } from './order.ts'
import { isLinkable } from './paths.ts'
import type { Sort } from './protocol.ts'
import { fold } from './search-text.ts'
import { Sidecars } from './sidecars.ts'
import { etagOf } from './text-response.ts'

/** One version of a folder. Orders and texts to search in are made when they are first needed, and kept. */
export class Folder {
  /** A key, or `''` for the root. */
  readonly path: string
  /** The same for equal folders, on every worker and after a restart; another for all others. */
  readonly version: string
  /** The same for all paths that lead to this folder. */
  readonly identity: string
  readonly stamp: string
  /** Whether there are more entries than were read. */
  readonly isPartial: boolean
  /** All files and sub-folders that a URL can name, sidecars included. */
  readonly all: readonly Item[]
  /** All but the sidecars. */
  readonly items: readonly Item[]
  readonly sidecars: Sidecars
  /** Whether a file in it is still being written. */
  readonly isGrowing: boolean
  readonly #orders = new Map<Sort, readonly Item[]>()
  #texts: ReadonlyMap<Item, string> | undefined

  constructor(path: string, { entries, stamp, identity, isPartial = false }: Listing) {
    const linkable = entries.filter(({ name }) => isLinkable(name))
    this.path = path
    this.identity = identity
    this.stamp = stamp
    this.isPartial = isPartial
    this.version = versionOf(linkable)
    this.all = linkable.map((entry) => itemOf(path, entry))
    this.sidecars = new Sidecars(this.all.filter(({ kind }) => kind !== 'folder'))
    this.isGrowing = this.all.some(({ growing }) => growing !== undefined)
    this.items = this.all.filter(({ kind, name }) => kind === 'folder' || !this.sidecars.has(name))
  }

  /** The items in order. */
  sorted(sort: Sort): readonly Item[] {
    const before = this.#orders.get(sort)
    if (before !== undefined) return before
    const order = sortItems(this.items, sort)
    this.#orders.set(sort, order)
    return order
  }

  /** The items with each of these words in their names, in order. */
  matching(words: readonly string[], sort: Sort): readonly Item[] {
    this.#texts ??= new Map(this.items.map((item) => [item, fold(item.name)]))
    const texts = this.#texts
    return this.sorted(sort).filter((item) => words.every((word) => texts.get(item)?.includes(word)))
  }
}

function versionOf(entries: readonly FolderEntry[]): string {
  const lines = entries.map(
    ({ kind, name, size, modified, growing }) =>
      `${name}\0${kind}\0${size}\0${modified}${growing === undefined ? '' : `\0${growing.frontier}`}\n`,
  )
  return etagOf(lines.sort().join('')).opaque
}
