import { type ByteRange, type RangeBytes, type Representation, SourceBusyError } from '@rangekit/range-core'
import { OriginError } from '../origin/origin-error.ts'
import { readChunks } from './read-chunks.ts'
import type { SliceBounds } from './slice-bounds.ts'

/** The representation that a file and its slices read. */
export class OpenedFile {
  readonly #representation: Representation
  readonly #closing = new AbortController()
  readonly #opening = new Set<Promise<RangeBytes>>()
  #closed: Promise<void> | undefined

  constructor(representation: Representation) {
    this.#representation = representation
  }

  /** The bytes, in the pieces in which they arrive. */
  async *read(
    { start, end }: SliceBounds,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const closing = this.#closing.signal
    const either = signal === undefined ? closing : AbortSignal.any([closing, signal])
    either.throwIfAborted()
    if (end === start) return
    try {
      yield* readChunks(
        { read: (range) => this.#open(range, either) },
        { firstPos: start, lastPos: end - 1 },
        either,
      )
    } catch (error) {
      throw originErrorOf(error)
    }
  }

  /** Ends the reads under way, then closes the representation. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #open(range: ByteRange, signal: AbortSignal): Promise<RangeBytes> {
    const bytes = Promise.resolve(this.#representation.read(range, { signal }))
    this.#opening.add(bytes)
    try {
      return await bytes
    } finally {
      this.#opening.delete(bytes)
    }
  }

  async #close(): Promise<void> {
    this.#closing.abort(new Error('The file is closed'))
    // Streams were cancelled by the signal; those that are still to come are so before this goes on.
    await Promise.allSettled(this.#opening)
    await this.#representation.close()
  }
}

/** A source is busy when a version is gone or its origin is; a reader wants to know which. */
export function originErrorOf(error: unknown): unknown {
  return error instanceof SourceBusyError && error.cause instanceof OriginError ? error.cause : error
}
