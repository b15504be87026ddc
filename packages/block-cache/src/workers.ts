/**
 * Blocks in the Cache API of Cloudflare Workers.
 *
 * @module
 */
export type { BlockId, BlockStore, HeldBlock } from './block-store.ts'
