import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Folder } from './folder.ts'
import type { FolderCache } from './folder-cache.ts'
import type { Item } from './item.ts'
import { sortItems } from './order.ts'
import type { Sort } from './protocol.ts'
import { wordsOf } from './search-text.ts'

/** Limits of a search. */
export interface SearchLimits {
  /** How many levels of sub-folders it goes down. Default: 8. */
  readonly maxDepth?: number
  /** How many folders it looks into. Default: 1000. */
  readonly maxFolders?: number
  /** How many entries it looks at. Default: 100,000. */
  readonly maxEntries?: number
}

/** What a search has found. */
export interface Found {
  /** In the order that was asked for. */
  readonly items: readonly Item[]
  /** Whether the search has stopped at a limit, or a folder was not read to its end. */
  readonly partial: boolean
}

/** How many results are kept for the next pages of them, and how many items in all. */
const MAX_RESULTS = 32
const MAX_ITEMS = 100_000

/** Finds items in a folder and its sub-folders whose names contain each word of a query. */
export class Search {
  readonly #folders: FolderCache
  readonly #limits: Required<SearchLimits>
  readonly #results = new LRUCache<string, Found & { readonly seen: string }>({
    max: MAX_RESULTS,
    maxSize: MAX_ITEMS,
    sizeCalculation: ({ items }) => items.length + 1,
  })

  constructor(folders: FolderCache, limits: SearchLimits = {}) {
    this.#folders = folders
    this.#limits = { maxDepth: 8, maxFolders: 1000, maxEntries: 100_000, ...limits }
  }

  /** @param folder where to begin. It is searched itself. */
  async find(folder: Folder, query: string, sort: Sort, signal?: AbortSignal): Promise<Found> {
    const words = wordsOf(query)
    const { visited, partial } = await this.#walk(folder, signal)
    const seen = createHash('sha256')
      .update(visited.map(({ version }) => version).join())
      .digest('base64url')
    const id = JSON.stringify([folder.path, words, sort])
    const before = this.#results.get(id)
    if (before?.seen === seen) return before
    // Sorting what is sorted in parts costs little.
    const matches = visited.flatMap((each) => each.matching(words, sort))
    const found = { items: sortItems(matches, sort), partial, seen }
    this.#results.set(id, found)
    return found
  }

  /** Folders level by level, so that a limit cuts off the deepest ones. */
  async #walk(start: Folder, signal: AbortSignal | undefined) {
    const { maxDepth, maxFolders, maxEntries } = this.#limits
    const visited: Folder[] = []
    // Links can lead to the same folder in many ways.
    const identities = new Set<string>()
    let entries = 0
    let level: readonly string[] = [start.path]
    for (let depth = 0; level.length > 0; depth++) {
      if (depth > maxDepth) return { visited, partial: true }
      const next: string[] = []
      for (const path of level) {
        if (visited.length >= maxFolders || entries >= maxEntries) return { visited, partial: true }
        signal?.throwIfAborted()
        const folder = path === start.path ? start : await this.#folders.read(path, false)
        if (folder === undefined || identities.has(folder.identity)) continue
        identities.add(folder.identity)
        visited.push(folder)
        entries += folder.items.length
        for (const { kind, key } of folder.items) if (kind === 'folder') next.push(key)
      }
      level = next
    }
    return { visited, partial: visited.some(({ isPartial }) => isPartial) }
  }
}
