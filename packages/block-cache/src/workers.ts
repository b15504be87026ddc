/**
 * Blocks in the Cache API of Cloudflare Workers.
 *
 * @module
 */
export type { BlockId, BlockStore, HeldBlock } from './block-store.ts'
export { type CacheApiOptions, type CacheLike, cacheApiBlocks } from './workers/cache-api-blocks.ts'
