/** What happened in a cache. */
export type CacheEvent =
  /** A reader has got bytes of a block that was there already. Reported when it leaves the block. */
  | {
      readonly kind: 'hit'
      readonly key: string
      readonly block: number
      readonly bytes: number
      readonly from: 'memory' | 'store'
    }
  /** One read of the source has ended: complete, failed or aborted. */
  | {
      readonly kind: 'fetch'
      readonly key: string
      /** The first and the last block that it was for. */
      readonly blocks: readonly [first: number, last: number]
      /** How many bytes came. */
      readonly bytes: number
      /** Whether no reader had asked for these blocks yet. */
      readonly isAhead: boolean
    }
  /** A block was dropped from memory to make room. */
  | { readonly kind: 'evict'; readonly bytes: number; readonly from: 'memory' | 'store' }
  /** A store, or the closing of a representation, has failed. The cache does without it. */
  | { readonly kind: 'fault'; readonly error: unknown }

/** Listens to a cache. It runs while requests are served, so it should be quick; what it throws goes to the console. */
export type CacheListener = (event: CacheEvent) => void

/** A listener that cannot break the cache. */
export function guarded(listener: CacheListener | undefined): CacheListener | undefined {
  if (listener === undefined) return undefined
  return (event) => {
    try {
      listener(event)
    } catch (error) {
      console.error(error)
    }
  }
}
