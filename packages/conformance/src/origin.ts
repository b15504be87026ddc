/**
 * An origin that answers requests for ranges correctly, but for faults at random: a test for whatever reads ranges.
 *
 * @example
 * import { checkBytes, startChaosOrigin } from '@rangekit/conformance/origin'
 *
 * await using origin = await startChaosOrigin({ seed: 7 })
 * const response = await fetch(origin.url, { headers: { Range: 'bytes=1000-1999' } })
 * console.log(response.status, checkBytes(await response.bytes(), 1000))
 * @module
 */
export { type BytesCheck, bytesAt, checkBytes } from './origin/content.ts'
export type { ChaosCounts } from './origin/counts.ts'
export { chaosFaults, type FaultInfo, type FaultName, faultTable } from './origin/faults/catalog.ts'
export type { FaultKind, FaultSettings } from './origin/faults/fault.ts'
export type { ChaosOptions, ChaosSettings, FaultEvent } from './origin/options.ts'
export { seededRandom } from './origin/random.ts'
export { type ChaosOrigin, startChaosOrigin } from './origin/start.ts'
