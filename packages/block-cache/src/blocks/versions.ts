import type { IntRange } from '@rangekit/range-core'
import { LRUCache } from 'lru-cache'
import { type Shared, Version } from './version.ts'

/** Keys whose latest version is known, at most. */
const MAX_KEYS = 10_000

/** The versions that are in use, and of each key the one that was opened last. */
export class Versions {
  readonly #shared: Shared
  readonly #prefix: string
  /** All that are open, or have blocks in memory, by id. */
  readonly #used = new Map<string, Version>()
  readonly #latest = new LRUCache<string, Version>({ max: MAX_KEYS })

  /** @param scope names the source in the store. */
  constructor(shared: Shared, scope: string) {
    this.#shared = shared
    this.#prefix = `${scope.length} ${scope} ${shared.blockSize}`
  }

  /** The version with this strong tag and length, which is about to be used. There is only one of it. */
  find(key: string, opaque: string, completeLength: number): Version {
    const latest = this.#latest.get(key)
    const isLatest = latest?.opaque === opaque && latest.completeLength === completeLength
    const version = isLatest ? latest : this.#byId(key, opaque, completeLength)
    this.#used.set(version.id, version)
    if (!isLatest) this.#latest.set(key, version)
    return version
  }

  /**
   * The blocks that have to be fetched to read a range of what a key names, as far as that is known before it is opened.
   *
   * @returns `undefined` if none will have to be, or that cannot be told.
   */
  toFetch(key: string, { firstPos, lastPos = Number.POSITIVE_INFINITY }: IntRange): IntRange | undefined {
    const { blockSize, maxRun } = this.#shared
    const latest = this.#latest.peek(key)
    if (latest === undefined && !this.#storeTells()) return undefined
    const length = latest?.completeLength ?? Number.POSITIVE_INFINITY
    const isMissing = (index: number) => latest?.isMissing(index) ?? true
    const first = Math.floor(firstPos / blockSize)
    if (firstPos >= length || !isMissing(first)) return undefined
    // What is longer than a run is fetched block by block.
    const wanted = Math.floor(Math.min(lastPos, length - 1) / blockSize) - first + 1
    const most = wanted <= maxRun ? wanted : 1
    let end = first + 1
    while (end < first + most && isMissing(end)) end++
    return { kind: 'int', firstPos: first * blockSize, lastPos: end * blockSize - 1 }
  }

  #byId(key: string, opaque: string, completeLength: number): Version {
    // Each part that may hold anything stands behind its length, so no two versions have one name.
    const id = `${this.#prefix} ${completeLength} ${opaque.length} ${opaque} ${key}`
    const about = { key, id, opaque, completeLength }
    return this.#used.get(id) ?? new Version(this.#shared, about, () => this.#used.delete(id))
  }

  /** Whether the store knows at once what it has. If not, blocks of any key may be there. */
  #storeTells(): boolean {
    const { store } = this.#shared
    return store === undefined || store.has({ version: this.#prefix, index: 0, length: 1 }) !== undefined
  }
}
