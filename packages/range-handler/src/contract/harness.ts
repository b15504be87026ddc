import type { RangeSource } from '@rangekit/range-core'

/** Writes one representation from its start to its end, while it is read. */
export interface SourceWriter {
  /**
   * Appends bytes. Once it has resolved, readers get them, at the latest after the harness's `patience`.
   */
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>
  /** Ends as a writer does that has written everything. */
  finish(): void | Promise<void>
  /** Ends before everything is written, and no one will go on. */
  fail(): void | Promise<void>
}

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
  /**
   * Optional: begins to write what is read while it is written, under a key that is new. Once the first bytes are written,
   * `source` finds it. Without it, growing is not checked.
   *
   * @param completeLength how many bytes will be written; `undefined` if nobody is to know before the end.
   */
  grow?(key: string, completeLength: number | undefined): SourceWriter | Promise<SourceWriter>
  /**
   * How long `opened` may take to return to what it was, and news of a writer to reach a reader, in milliseconds.
   * Default: 5000.
   */
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
  let held = before
  await until(harness, async () => {
    held = (await harness.opened?.()) ?? 0
    return held <= before
  })
  if (held > before)
    throw new Error(
      `Expected as many held resources as before everything was closed, got ${held - before} more`,
    )
}

/**
 * Waits until `condition` holds, as long as the harness is patient.
 *
 * @returns whether it holds.
 */
export async function until(
  { patience = 5000 }: SourceHarness,
  condition: () => boolean | Promise<boolean>,
): Promise<boolean> {
  for (let waited = 0; ; waited += 10) {
    if (await condition()) return true
    if (waited >= patience) return false
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
