import type { ServeOptions } from '../../options.ts'
import type { Limits } from '../limits/limits.ts'
import type { StallWatch } from './stall-watch.ts'

/** What the requests of a server are answered with, over either protocol. */
export interface Answering extends Pick<ServeOptions, 'fetch' | 'notFound' | 'onRequest'> {
  readonly fastPath: boolean
  readonly watch: StallWatch
  /** Default: none. */
  readonly limits?: Limits | undefined
  /** How long a request may take to arrive, in milliseconds. */
  readonly headTimeout: number
}

/** How often to check whether requests have arrived in time, in milliseconds. */
export function checkInterval(headTimeout: number): number {
  return Math.ceil(Math.min(1000, headTimeout / 4))
}
