/**
 * Blocks on disk, on Node, Bun and Deno.
 *
 * @module
 */
export type { BlockId, BlockStore, HeldBlock } from './block-store.ts'
export { type DiskBlocks, type DiskBlocksOptions, diskBlocks } from './disk/disk-blocks.ts'
