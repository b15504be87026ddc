import type { RangeBytes, RangeSource, Representation } from '@rangekit/range-core'
import { GrowingBytes } from '@rangekit/test-kit/growing-bytes'
import { expect, it } from 'vitest'
import { rangeSourceChecks, type SourceHarness, type SourceWriter } from '../../src/testing.ts'
import { streamOf } from './sources.ts'

type Store = Map<string, Uint8Array<ArrayBuffer>>

/** A source that keeps every promise; each test breaks one. */
export class Shelf implements SourceHarness, RangeSource {
  readonly store: Store = new Map()
  readonly source: RangeSource = this
  readonly patience = 50
  /** Every version that was put gets the next number. */
  versions = 0
  held = 0

  put(key: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.versions++
    this.store.set(key, bytes)
  }

  remove(key: string): void {
    this.store.delete(key)
  }

  opened(): number {
    return this.held
  }

  async open(key: string): Promise<Representation | undefined> {
    const bytes = this.store.get(key)
    if (bytes === undefined) return undefined
    this.held++
    return this.represent(key, bytes)
  }

  represent(_key: string, bytes: Uint8Array<ArrayBuffer>): Representation {
    return {
      completeLength: bytes.byteLength,
      etag: { opaque: String(this.versions), weak: false },
      read: async ({ firstPos, lastPos }) => {
        const pieces = []
        for (let at = firstPos; at <= lastPos; at += 100_000) {
          pieces.push(bytes.slice(at, Math.min(at + 100_000, lastPos + 1)))
        }
        return streamOf(pieces)
      },
      async readInto(target, position) {
        const piece = bytes.subarray(position, position + Math.min(target.byteLength, 70_000))
        target.set(piece)
        return piece.byteLength
      },
      close: () => {
        this.held--
      },
    }
  }
}

/** A shelf whose representations differ in something. */
export function shelfWith(
  change: (
    good: Representation,
    bytes: Uint8Array<ArrayBuffer>,
    key: string,
    shelf: Shelf,
  ) => Partial<Representation>,
): Shelf {
  return new (class extends Shelf {
    override represent(key: string, bytes: Uint8Array<ArrayBuffer>) {
      const good = super.represent(key, bytes)
      return Object.defineProperties(
        good,
        Object.getOwnPropertyDescriptors(change({ ...good }, bytes, key, this)),
      )
    }
  })()
}

/** A shelf on which something may grow, and which keeps every promise unless the representations differ in something. */
export class GrowingShelf extends Shelf {
  readonly #change: (good: Representation, bytes: GrowingBytes) => Partial<Representation>
  readonly #growing = new Map<string, GrowingBytes>()

  constructor(change: (good: Representation, bytes: GrowingBytes) => Partial<Representation> = () => ({})) {
    super()
    this.#change = change
  }

  grow(key: string, completeLength: number | undefined): SourceWriter {
    const bytes = new GrowingBytes(new Uint8Array(300_001), completeLength !== undefined)
    this.#growing.set(key, bytes)
    return {
      write: (piece) => bytes.write(piece),
      finish: () => bytes.finish(),
      fail: () => bytes.fail(new Error('The writer failed, as the check demands')),
    }
  }

  override async open(key: string): Promise<Representation | undefined> {
    const bytes = this.#growing.get(key)
    if (bytes === undefined) return super.open(key)
    const good = bytes.open()
    return Object.create(good, Object.getOwnPropertyDescriptors(this.#change(good, bytes)))
  }

  override opened(): number {
    return [...this.#growing.values()].reduce((sum, { opens, closes }) => sum + opens - closes, this.held)
  }
}

export const slice = (bytes: Uint8Array<ArrayBuffer>, first: number, last: number): RangeBytes =>
  bytes.slice(first, last + 1)

/** A promise, a shelf that breaks it, the check that fails then, and what it says. */
export type Broken = readonly [promise: string, shelf: Shelf, failing: string, message: string]

/** One test for each: the check that is named fails, with this message. */
export function itFails(table: readonly Broken[]): void {
  it.each(table)(
    'fails a source that does not keep its promise of %s',
    async (_, shelf, failing, message) => {
      const checks = rangeSourceChecks(shelf).filter(({ name }) => name === failing)
      expect(checks).toHaveLength(1)
      for (const { run } of checks) await expect(run()).rejects.toThrow(message)
    },
  )
}
