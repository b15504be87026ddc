export type { BlockId, BlockStore, HeldBlock } from './block-store.ts'
