import type { HostFlags } from '../hosts/flags.ts'
import { type LimitFlags, limitProblem } from '../limits/flags.ts'
import { type LogFlags, logProblem } from '../log/flags.ts'
import { type MetricsFlags, metricsProblem } from '../metrics/flags.ts'
import { type PasswordFlags, passwordProblem } from '../password/flags.ts'
import type { PlaceFlags } from '../place/place-flags.ts'
import { asksForTls, type TlsFlags, tlsProblem } from '../tls/flags.ts'
import { canHaveWorkers } from './workers.ts'

/** The parsed options of the command; durations in seconds. */
export interface ServeFlags
  extends PlaceFlags,
    PasswordFlags,
    HostFlags,
    MetricsFlags,
    TlsFlags,
    LimitFlags,
    LogFlags {
  readonly port: number
  readonly host: string
  readonly workers: number
  readonly cors?: readonly string[]
  readonly cacheControl?: string
  readonly precompressed: boolean
  readonly secretFile?: string
  /** Default: whether only this machine can connect. */
  readonly inspect?: boolean
  readonly qr: boolean
  readonly drain: number
  readonly writeTimeout: number
  readonly headTimeout: number
  readonly fastPath: boolean
}

/** What is wrong with the options, before anything is opened or made; `undefined` if nothing is. */
export function serveProblem(flags: ServeFlags): string | undefined {
  const { workers, host, port } = flags
  if (workers > 1 && !canHaveWorkers) return '--workers needs Node or Bun'
  return (
    tlsProblem(flags, port) ??
    passwordProblem(flags, { host, isTls: asksForTls(flags) }) ??
    metricsProblem(flags) ??
    limitProblem(flags, workers) ??
    logProblem(flags)
  )
}
