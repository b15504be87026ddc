import { type Command, Option } from 'commander'
import { address, port } from '../command/values/options.ts'
import { asksForPassword, type PasswordFlags } from '../password/flags.ts'

/** The options of the command that are about metrics. */
export interface MetricsFlags {
  readonly metrics: boolean
  /** The port for them alone; 0 picks a free one. */
  readonly metricsPort?: number
  readonly metricsHost?: string
}

/** Where metrics listen if nothing else is said: only this machine reads them. */
export const METRICS_HOST = '127.0.0.1'

export function addMetricsFlags(command: Command): Command {
  return command
    .optionsGroup('Metrics:')
    .option('--metrics', 'serve metrics for Prometheus at /metrics', false)
    .addOption(
      new Option('--metrics-port <number>', 'serve them on this port instead; 0 picks a free one').argParser(
        port,
      ),
    )
    .addOption(
      new Option(
        '--metrics-host <address>',
        `the address that --metrics-port listens on (default: ${METRICS_HOST})`,
      ).argParser(address),
    )
    .optionsGroup('Options:')
}

/** Whether anything is measured. */
export function hasMetrics({ metrics, metricsPort }: MetricsFlags): boolean {
  return metrics || metricsPort !== undefined
}

/**
 * Where metrics are read.
 *
 * @returns a URL on a port of their own, a path on that of the files, or `undefined`.
 */
export function metricsAddress(
  flags: MetricsFlags,
  { metricsPort: port }: { metricsPort?: number | undefined },
) {
  if (port === undefined) return flags.metrics ? '/metrics' : undefined
  const { metricsHost: host = METRICS_HOST } = flags
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`
}

/** What else the command says that matters to metrics. */
interface OtherFlags extends PasswordFlags {
  readonly port: number
  readonly host: string
  readonly secretFile?: string | undefined
}

/** What is wrong with the options, in one line; `undefined` if nothing is. */
export function metricsProblem(flags: MetricsFlags & OtherFlags): string | undefined {
  const { metrics, metricsPort, metricsHost = METRICS_HOST, port, host, secretFile } = flags
  if (metricsPort === undefined) {
    if (flags.metricsHost !== undefined) return '--metrics-host needs --metrics-port'
    if (metrics && secretFile !== undefined && !asksForPassword(flags)) {
      return '--metrics would show to everybody what signed links protect; use --metrics-port, or add --auth'
    }
    return undefined
  }
  if (metricsPort !== 0 && metricsPort === port && metricsHost === host) {
    return `--metrics-port is that of the files, ${port}; choose another, or use --metrics`
  }
  return undefined
}
