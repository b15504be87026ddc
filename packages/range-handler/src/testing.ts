/**
 * The contract of a source of byte ranges, as checks for any test runner.
 *
 * @module
 */
import { byteChecks } from './contract/byte-checks.ts'
import { closingChecks } from './contract/closing-checks.ts'
import { growingChecks } from './contract/growing-checks.ts'
import type { SourceCheck, SourceHarness } from './contract/harness.ts'
import { keyChecks } from './contract/key-checks.ts'
import { signalChecks } from './contract/signal-checks.ts'
import { versionChecks } from './contract/version-checks.ts'

export type { SourceCheck, SourceHarness, SourceWriter } from './contract/harness.ts'

/**
 * The contract of a `RangeSource`, one check per promise: the exact bytes of any range, the complete length, nothing
 * under keys that were never stored, one version from `open` to the last byte, `close` exactly once and after the last
 * read, and the request's signal at `open` and at the first `read`. If the harness can let something `grow`, also that what is
 * still to come is waited for, and nothing else.
 *
 * The checks write keys below `contract/`. They may run in any order, but not at the same time.
 *
 * @param harness a source, and access to its store. A cache in the source must notice what is put.
 * @returns the checks. `run` rejects with an Error that names what was expected and what was found.
 * @example
 * const entries = new Map()
 * const checks = rangeSourceChecks({
 *   source: blobSource((key) => entries.get(key)),
 *   put: (key, bytes) => void entries.set(key, { data: bytes }),
 *   remove: (key) => void entries.delete(key),
 * })
 * for (const { name, run } of checks) it(name, run)
 */
export function rangeSourceChecks(harness: SourceHarness): readonly SourceCheck[] {
  return [byteChecks, keyChecks, versionChecks, closingChecks, signalChecks, growingChecks].flatMap(
    (checks) => checks(harness),
  )
}
