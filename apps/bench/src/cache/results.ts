import type { Results } from '../results.ts'
import type { FirstBytes } from './first-byte.ts'
import type { FrontId } from './fronts.ts'
import type { Trace } from './trace.ts'

/** The shape of cache.json. */
export interface CacheResults {
  readonly speed: Results
  readonly firstBytes: Readonly<Record<FrontId, FirstBytes>>
  readonly traces: Readonly<Record<FrontId, Trace>>
}
