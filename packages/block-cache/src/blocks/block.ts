import type { HeldBlock } from '../block-store.ts'

/** What brings blocks. It stops when no reader is interested any more. */
export interface Loading {
  /** The blocks that it brings. */
  readonly first: number
  readonly last: number
  /** Notes that a reader is interested. */
  join(reader: object): void
  /** Notes that a reader has read from a block, which is completed for it. */
  read(reader: object, index: number): void
  /**
   * Notes that a reader is no longer interested.
   *
   * @param isGone whether it left before it had what it wanted: then nothing is completed for it.
   */
  leave(reader: object, isGone: boolean): void
}

/** What a block belongs to. */
export interface BlockOwner {
  /** The block can no longer be found. Who is at it may read on. */
  forget(block: Block): void
}

const NO_BYTES = new Uint8Array(0)

/** One block of one version: on its way, in memory, or held from a store. */
export class Block {
  readonly owner: BlockOwner
  readonly index: number
  /** Bytes in it. */
  readonly length: number
  /** The first `filled` of these are there and never change. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES
  filled = 0
  /** Its place in a store, if it was found there. */
  held: HeldBlock | undefined = undefined
  /** What brings it; `undefined` once it is here, or has failed. */
  load: Loading | undefined
  /** Why it never came. */
  fault: { readonly error: unknown } | undefined = undefined
  /** How many readers are at it. */
  readers = 0
  /** Whether the memory keeps it. */
  isKept = false
  /** Whether the store is about to keep it. */
  isStoring = false
  #waiting: Set<() => void> | undefined = undefined

  constructor(owner: BlockOwner, index: number, length: number, load: Loading) {
    this.owner = owner
    this.index = index
    this.length = length
    this.load = load
  }

  /** Whether the byte at this offset can be read. */
  has(offset: number): boolean {
    return this.filled > offset || this.held !== undefined
  }

  /** Whether all of its bytes are in memory. */
  get isInMemory(): boolean {
    return this.filled === this.length && this.held === undefined
  }

  /** Notes that bytes were written behind those that are there. */
  advance(count: number): void {
    this.filled += count
    this.#wake()
  }

  /** Notes that it was found in a store. */
  hold(held: HeldBlock): void {
    this.load = undefined
    this.held = held
    if (held.bytes !== undefined) {
      this.bytes = held.bytes
      this.filled = this.length
    }
    this.#wake()
  }

  /** Notes that no more of it will come. */
  fail(error: unknown): void {
    this.load = undefined
    this.fault = { error }
    this.owner.forget(this)
    this.#wake()
  }

  /** A reader is at it, which keeps its place in the store. */
  enter(): void {
    this.readers++
  }

  exit(): void {
    this.readers--
    if (this.readers > 0 || this.held === undefined) return
    const { held } = this
    this.held = undefined
    this.owner.forget(this)
    held.release()
  }

  /** Nothing keeps it but those who read it: it can no longer be found. */
  forgetIfUnkept(): void {
    if (!this.isKept && !this.isStoring) this.owner.forget(this)
  }

  /** Calls back once, at the next change. Returns how to take that back. */
  onChange(wake: () => void): () => void {
    this.#waiting ??= new Set()
    this.#waiting.add(wake)
    return () => this.#waiting?.delete(wake)
  }

  #wake(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    for (const wake of waiting) wake()
  }
}
