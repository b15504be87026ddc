import type { RangeSource } from '@rangekit/range-core'

/** A source under test, and access to the store behind it. */
export interface SourceHarness {
  /** The source under test. */
  readonly source: RangeSource
  /**
   * Stores `bytes` under `key`, or replaces what is there, the way this store is usually written to; for files, by
   * renaming. Keys are relative paths such as `contract/a.bin`. Once it has resolved, `source` finds the new version.
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>): void | Promise<void>
  /** Optional: removes what is stored under `key`. Without it, removal is not checked. */
  remove?(key: string): void | Promise<void>
  /**
   * Optional: how many descriptors, connections or the like are held now. Once everything is closed, the number must
   * return to what it was.
   */
  opened?(): number | Promise<number>
  /** How long `opened` may take to return to what it was, in milliseconds. Default: 5000. */
  readonly patience?: number
}

/** One promise of a source, as a test. */
export interface SourceCheck {
  /** What the source does, in plain words. */
  readonly name: string
  /** Resolves if the promise is kept, else rejects with an Error that names what was expected and what was found. */
  readonly run: () => Promise<void>
}

/**
 * Runs `action`, then waits until no more is held than before.
 *
 * @throws Error if that takes longer than the harness's `patience`.
 */
export async function holdingNothing(harness: SourceHarness, action: () => Promise<void>): Promise<void> {
  const before = (await harness.opened?.()) ?? 0
  await action()
  let held = (await harness.opened?.()) ?? 0
  for (let waited = 0; held > before && waited < (harness.patience ?? 5000); waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    held = (await harness.opened?.()) ?? 0
  }
  if (held > before)
    throw new Error(
      `Expected as many held resources as before everything was closed, got ${held - before} more`,
    )
}
