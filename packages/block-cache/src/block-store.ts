import type { MaybePromise } from '@rangekit/range-core'

/** Names one block of one version of a representation. */
export interface BlockId {
  /** The version: the same text for the same bytes, in every process and after a restart; another for all others. */
  readonly version: string
  /** Its number in the representation, from 0. */
  readonly index: number
  /** Bytes in it: the block size, or fewer in the last block. */
  readonly length: number
}

/** A block that a store keeps. Its bytes can be read until `release`, even if it is evicted meanwhile. */
export interface HeldBlock {
  /** All of its bytes, if they are in memory. They never change, so they can be sent without a copy. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined
  /**
   * Fills the front of `target` with the bytes from `offset` in the block on.
   *
   * @returns how many bytes were read: at least one, possibly fewer than `target` holds; 0 only past the end.
   */
  readInto(target: Uint8Array<ArrayBuffer>, offset: number): MaybePromise<number>
  /** Called exactly once, after the last read has settled. */
  release(): void
}

/** A place where blocks are kept. It may forget any of them at any time. */
export interface BlockStore {
  /** Whether a block is kept, as far as that is known at once; `undefined` where only `take` can tell. */
  has(id: BlockId): boolean | undefined
  /** A block if it is kept whole. What is damaged counts as not kept. Never throws or rejects. */
  take(id: BlockId): MaybePromise<HeldBlock | undefined>
  /** Keeps a block, if it can. Never throws or rejects; the bytes must not be changed after the call. */
  put(id: BlockId, bytes: Uint8Array<ArrayBuffer>): MaybePromise<void>
}
