import type { AudienceOptions } from './audience.ts'
import type { Cluster, Outcome } from './simulate.ts'

/** What is compared: one node, and ten that share the same amount of cache. */
export const clusters = [
  { id: 'one', title: 'one node', nodes: 1, balance: 'by-key' },
  { id: 'by-key', title: 'ten nodes, each film on one', nodes: 10, balance: 'by-key' },
  { id: 'random', title: 'ten nodes, any at random', nodes: 10, balance: 'random' },
] as const satisfies readonly (Pick<Cluster, 'nodes' | 'balance'> & { id: string; title: string })[]

export type ClusterId = (typeof clusters)[number]['id']

/** The shape of scaling.json. Bytes are those of the real thing, not of its model. */
export interface ScalingResults {
  readonly audience: AudienceOptions
  /** Bytes of all films. */
  readonly library: number
  readonly points: readonly ScalingPoint[]
}

export interface ScalingPoint extends Outcome {
  readonly cluster: ClusterId
  /** The cache of all nodes together, as a share of the library. */
  readonly share: number
}
