/**
 * What every source of byte ranges must do, as checks for any test runner: a source that passes them is served
 * correctly by everything here.
 */
import { byteChecks } from './contract/byte-checks.ts'
import { closingChecks } from './contract/closing-checks.ts'
import type { SourceCheck, SourceHarness } from './contract/harness.ts'
import { keyChecks } from './contract/key-checks.ts'
import { signalChecks } from './contract/signal-checks.ts'
import { versionChecks } from './contract/version-checks.ts'

export type { SourceCheck, SourceHarness } from './contract/harness.ts'

/**
 * The contract of {@link RangeSource}, one check for each promise: exact bytes for any range, the right length, nothing
 * under keys that name nothing, one version from `open` to the last byte, `close` once, after the last read, however a
 * request ends, and the request's signal at `open` and at the first `read`.
 *
 * The checks write below `contract/`. They may run in any order, one after another.
 *
 * @param harness a source, and how its store is written to. A cache in it must notice what was put.
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
  return [byteChecks, keyChecks, versionChecks, closingChecks, signalChecks].flatMap((checks) =>
    checks(harness),
  )
}
