import { judged, type Report, type Score } from '@rangekit/conformance'

/** How many vectors a server passed. Vectors about features that it does not offer are not judged. */
export interface VectorCounts {
  readonly passed: number
  readonly judged: number
  /** Failed vectors that broke a MUST. */
  readonly mustBroken: number
}

export interface TotalCounts extends VectorCounts {
  /** Failed vectors that broke a SHOULD. */
  readonly shouldBroken: number
}

/** The verdict on one server. */
export interface ServerVerdict {
  readonly id: string
  readonly title: string
  readonly version: string
  readonly setup: string
  /** By section of the RFCs, such as `9110 §14.2`; only sections of which something was judged. */
  readonly sections: Readonly<Record<string, VectorCounts>>
  readonly totals: TotalCounts
  /** Vectors about features that it does not offer. */
  readonly notOffered: number
}

/** What conformance-table.ts finds: the shape of conformance.json. */
export interface ConformanceResults {
  /** Of the file that the servers are asked for, in bytes. */
  readonly fileLength: number
  readonly servers: readonly ServerVerdict[]
}

/** What runtimes-table.ts finds: the shape of runtimes.json. */
export interface RuntimesResults {
  readonly runtimes: readonly { readonly title: string; readonly totals: TotalCounts }[]
}

/** Counts the vectors of a report by section. */
export function sectionCounts({ sections }: Report): Record<string, VectorCounts> {
  const judgedOnes = sections.filter((score) => judged(score) > 0)
  return Object.fromEntries(judgedOnes.map((score) => [score.section, counts(score)]))
}

/** Counts all vectors of a report. */
export function totalCounts({ totals }: Report): TotalCounts {
  return { ...counts(totals), shouldBroken: totals.failed.SHOULD }
}

function counts(score: Score): VectorCounts {
  return { passed: score.passed, judged: judged(score), mustBroken: score.failed.MUST }
}
