import type { RangeSource } from '@rangekit/range-core'

/** A source, and what the checks need to do to the store behind it. */
export interface SourceHarness {
  readonly source: RangeSource
  /**
   * Creates what `key` names, or puts another version in its place, the way this store is written to; for files,
   * by renaming. Keys are relative paths such as `contract/a.bin`. When it has resolved, `source` finds what was put.
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>): void | Promise<void>
  /** Optional: removes what `key` names. */
  remove?(key: string): void | Promise<void>
  /**
   * Optional: how many descriptors, connections or the like are held just now. When everything is closed it has to
   * come back to what it was.
   */
  opened?(): number | Promise<number>
  /** How long it may take until `opened` has come back, in milliseconds. Default: 5000. */
  readonly patience?: number
}

/** One promise of a source, and how to see that it is kept. */
export interface SourceCheck {
  /** What a source does, in plain words. */
  readonly name: string
  /** Resolves if the promise is kept; rejects with what was seen instead if it is not. */
  readonly run: () => Promise<void>
}

/** Runs `action`, then waits until as much is held as before. */
export async function holdingNothing(harness: SourceHarness, action: () => Promise<void>): Promise<void> {
  const before = (await harness.opened?.()) ?? 0
  await action()
  let held = (await harness.opened?.()) ?? 0
  for (let waited = 0; held > before && waited < (harness.patience ?? 5000); waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    held = (await harness.opened?.()) ?? 0
  }
  if (held > before)
    throw new Error(`${held - before} more are held than before, long after everything was closed`)
}
