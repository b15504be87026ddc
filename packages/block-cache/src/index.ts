export type { BlockId, BlockStore, HeldBlock } from './block-store.ts'
export { cacheStatus } from './cache-status.ts'
export {
  type CacheableRepresentation,
  type CachedSource,
  type CachedSourceOptions,
  cachedSource,
} from './cached-source.ts'
export type { CacheEvent, CacheListener } from './events.ts'
export type { Cached } from './reader/cached-representation.ts'
