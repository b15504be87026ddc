import type { FaultName } from './faults/catalog.ts'

/** What a chaos origin has seen and done since it started. */
export interface ChaosCounts {
  /** Requests, those for its counts left out. */
  readonly requests: number
  /** Bytes of bodies. */
  readonly bytes: number
  /** How often each fault happened. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>
  /** Connections that are open now. */
  readonly connections: number
  /** Responses under way now. */
  readonly responses: number
  /** What came to the other origin, to which `redirect-away` leads. */
  readonly away: {
    readonly requests: number
    /** Requests with Authorization, Cookie or Proxy-Authorization. */
    readonly credentials: number
  }
}

/** The same, to be counted up. */
export type MutableCounts = {
  -readonly [Name in keyof ChaosCounts]: ChaosCounts[Name] extends number
    ? number
    : { -readonly [Inner in keyof ChaosCounts[Name]]: ChaosCounts[Name][Inner] }
}

export function newCounts(): MutableCounts {
  return {
    requests: 0,
    bytes: 0,
    faults: {},
    connections: 0,
    responses: 0,
    away: { requests: 0, credentials: 0 },
  }
}
