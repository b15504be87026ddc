import { defaultFaults, type FaultName } from './faults/catalog.ts'
import type { FaultSettings } from './faults/fault.ts'

/** A fault that has happened. */
export interface FaultEvent {
  /** Which one. */
  readonly fault: FaultName
  /** Which request since the start, from 1 up. */
  readonly request: number
  /** The method of the request. */
  readonly method: string
  /** Its path. */
  readonly path: string
  /** The Range field of the request. */
  readonly range: string | undefined
}

/** What can be set while the origin runs. */
export interface ChaosSettings {
  /** How many requests meet a fault, of 1. Default: 0.2. */
  readonly rate?: number
  /** The faults to choose from. Default: all but the silent ones. */
  readonly faults?: readonly FaultName[]
}

/** Options of `startChaosOrigin`. */
export interface ChaosOptions extends ChaosSettings, Partial<FaultSettings> {
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** Default: 0, any that is free. */
  readonly port?: number
  /** Length of each file. Default: 16 MiB. */
  readonly size?: number
  /** The same requests in the same order meet the same faults. Default: 1. */
  readonly seed?: number
  /** Called for each fault. */
  onFault?(event: FaultEvent): void
}

export const DEFAULTS = {
  host: '127.0.0.1',
  port: 0,
  size: 16 * 1024 * 1024,
  seed: 1,
  rate: 0.2,
  faults: defaultFaults,
  stallMs: 5000,
  slowMs: 1000,
  retryAfter: 1,
} as const satisfies ChaosOptions
