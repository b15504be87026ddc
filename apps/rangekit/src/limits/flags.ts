import { type Command, InvalidArgumentError, Option } from 'commander'
import { describeSize, parseSize } from '../command/values/size.ts'

/** The options of the command that limit what clients get. Rates are in bytes per second. */
export interface LimitFlags {
  readonly rate?: number
  readonly totalRate?: number
  readonly maxConnections?: number
  readonly maxConnectionsPerAddress?: number
}

/** Who names less has most likely forgotten a unit. */
const MIN_RATE = 1000

/** Adds the options to the command that serves. */
export function addLimitFlags(command: Command): Command {
  return command
    .optionsGroup('Limits:')
    .addOption(
      new Option('--rate <size>', 'bytes per second on each connection; 10M is 10 MB/s').argParser(rate),
    )
    .addOption(
      new Option(
        '--total-rate <size>',
        'bytes per second on all connections, which share it equally',
      ).argParser(rate),
    )
    .addOption(
      new Option('--max-connections <number>', 'how many connections may be open; more get a 503').argParser(
        connections,
      ),
    )
    .addOption(
      new Option(
        '--max-connections-per-address <number>',
        'the same for each IPv4 address and each /64 of IPv6, in each worker',
      ).argParser(connections),
    )
    .optionsGroup('Options:')
}

function rate(text: string): number {
  const bytes = parseSize(text)
  if (bytes === undefined || bytes < MIN_RATE) {
    throw new InvalidArgumentError('Expected bytes per second such as 10M or 512KiB, at least 1kB.')
  }
  return bytes
}

function connections(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('Expected a whole number from 1 to 9999999.')
  return Number(text)
}

/**
 * What is wrong with the options; `undefined` if nothing is.
 *
 * @param workers how many processes there are.
 */
export function limitProblem({ totalRate, maxConnections }: LimitFlags, workers: number): string | undefined {
  if (maxConnections !== undefined && maxConnections < workers) {
    return `--max-connections is divided among the workers; name at least ${workers}`
  }
  if (totalRate !== undefined && totalRate < workers * MIN_RATE) {
    return `--total-rate is divided among the workers; name at least ${describeSize(workers * MIN_RATE)}`
  }
  return undefined
}

/** The limits of one of several processes, so that those of all together are not exceeded. */
export function limitsOfWorker(flags: LimitFlags, workers: number): LimitFlags {
  const { totalRate, maxConnections, ...others } = flags
  return {
    ...others,
    ...(totalRate !== undefined && { totalRate: totalRate / workers }),
    ...(maxConnections !== undefined && { maxConnections: Math.floor(maxConnections / workers) }),
  }
}
