import type { TotalCounts } from '../conformance-results.ts'
import type { Results } from '../results.ts'
import type { FindingsBy } from './judge-name.ts'

/** What was found of one framework. */
export interface JudgedFramework {
  /** Its folder in `examples`. */
  readonly id: string
  readonly title: string
  readonly version: string
  readonly totals: TotalCounts
  /** Bytes of resident memory that a body of 2 GiB added at most; `null`: not judged. */
  readonly growth: number | null
  readonly findings: FindingsBy<string>
}

/** The shape of frameworks.json. */
export interface FrameworksResults {
  readonly judged: readonly JudgedFramework[]
  /** Of our own server, of it through each framework (by its id), and of the framework's helper (see `ownId`). */
  readonly speed: Results | null
}

/** The id that the static helper of a framework has in the results. */
export function ownId(framework: string): string {
  return `${framework}-own`
}
