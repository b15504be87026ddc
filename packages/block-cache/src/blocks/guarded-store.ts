import type { BlockId, BlockStore, HeldBlock } from '../block-store.ts'
import type { CacheListener } from '../events.ts'

/** A store that cannot break the cache: what it throws is reported, and the block counts as not kept. */
export class GuardedStore implements BlockStore {
  readonly #store: BlockStore
  readonly #emit: CacheListener | undefined

  constructor(store: BlockStore, emit: CacheListener | undefined) {
    this.#store = store
    this.#emit = emit
  }

  has(id: BlockId): boolean | undefined {
    try {
      return this.#store.has(id)
    } catch (error) {
      return this.#report(error) ?? false
    }
  }

  take(id: BlockId): HeldBlock | undefined | Promise<HeldBlock | undefined> {
    try {
      const taken = this.#store.take(id)
      return taken instanceof Promise ? taken.catch((error) => this.#report(error)) : taken
    } catch (error) {
      return this.#report(error)
    }
  }

  put(id: BlockId, bytes: Uint8Array<ArrayBuffer>): void | Promise<void> {
    try {
      const put = this.#store.put(id, bytes)
      return put instanceof Promise ? put.catch((error) => this.#report(error)) : put
    } catch (error) {
      this.#report(error)
    }
  }

  #report(error: unknown): undefined {
    this.#emit?.({ kind: 'fault', error })
  }
}
