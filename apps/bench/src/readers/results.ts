import type { FaultKind, FaultName } from '@rangekit/conformance/origin'

/**
 * What came of a fault, from best to worst. In `error` the reader says that it failed. In `whole` the bytes are right, but
 * most of the file was transferred for them. `waits`: nothing came within the limit. `mixed`: bytes of two versions were
 * handed out as those of one file. `wrong`: bytes that the file does not have there, or fewer or more than asked for.
 */
export const OUTCOMES = ['right', 'error', 'whole', 'waits', 'mixed', 'wrong'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface ReaderResults {
  readonly id: string
  readonly title: string
  readonly version: string
  /** What was called. */
  readonly interface: string
  /** The worst of the sessions with each fault; `null`: the fault never happened, since no request was subject to it. */
  readonly outcomes: Readonly<Partial<Record<FaultName, Outcome | null>>>
}

export interface ReadersResults {
  /** Sessions with each fault. */
  readonly sessions: number
  readonly limitSeconds: number
  readonly faults: readonly { readonly name: FaultName; readonly kind: FaultKind; readonly text: string }[]
  readonly readers: readonly ReaderResults[]
  readonly downloads: readonly ReaderResults[]
}

/** The worst of the outcomes that there are. */
export function worst(outcomes: readonly (Outcome | undefined)[]): Outcome | null {
  return OUTCOMES.findLast((outcome) => outcomes.includes(outcome)) ?? null
}
