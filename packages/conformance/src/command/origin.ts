import { type Command, InvalidArgumentError, Option } from 'commander'
import { describeFaults, type FaultName, isFault } from '../origin/faults/catalog.ts'
import { DEFAULTS, type FaultEvent } from '../origin/options.ts'
import { startChaosOrigin } from '../origin/start.ts'
import { orFail, wholeNumber } from './program.ts'

interface Flags {
  readonly port: number
  readonly host: string
  readonly size: number
  readonly seed: number
  readonly rate: number
  readonly faults?: readonly FaultName[]
  readonly stall: number
  readonly verbose?: true
}

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }
const HIGHEST_PORT = 65_535

/** `rangekit-conformance origin`. */
export function addOrigin(program: Command): void {
  const { port, host, size, seed, rate, stallMs } = DEFAULTS
  program
    .command('origin')
    .summary('start an origin with faults at random, to test what reads ranges')
    .description(
      'Serves a file correctly by RFC 9110, but for faults at random: a test for whatever reads ranges.\n' +
        'Each eight bytes of the file are its version and their index, two big-endian numbers of four bytes.',
    )
    .option(
      '--port <port>',
      'where to listen; 0 for any that is free',
      wholeNumber('', 0, HIGHEST_PORT),
      port,
    )
    .option('--host <host>', 'the address to listen on', host)
    .addOption(
      new Option('--size <size>', 'length of each file in bytes, or such as 64MiB')
        .argParser(bytes)
        .default(size, `${size / 2 ** 20}MiB`),
    )
    .option(
      '--seed <number>',
      'the same requests in the same order meet the same faults',
      wholeNumber('', 0),
      seed,
    )
    .option('--rate <rate>', 'how many requests meet a fault, of 1', share, rate)
    .option(
      '--faults <names>',
      'the faults to choose from, separated by commas (default: all but the last group)',
      names,
    )
    .option(
      '--stall <ms>',
      'how long a stall is, in milliseconds',
      wholeNumber('of milliseconds ', 0),
      stallMs,
    )
    .option('--verbose', 'a line on stderr for each fault')
    .addHelpText(
      'after',
      `\nFaults, ${describeFaults()}\nGET /counts answers with what has happened so far, as JSON.`,
    )
    .action((flags: Flags) => orFail(() => start(flags)))
}

async function start({ stall, verbose, faults, ...flags }: Flags): Promise<void> {
  const origin = await startChaosOrigin({
    ...flags,
    ...(faults !== undefined && { faults }),
    ...(verbose && { onFault: printFault }),
    stallMs: stall,
  })
  process.stdout.write(`${origin.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => origin.close())
}

function printFault({ request, fault, method, path, range }: FaultEvent): void {
  process.stderr.write(`${request} ${fault}: ${method} ${path}${range === undefined ? '' : ` ${range}`}\n`)
}

function bytes(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]iB|)$/.exec(text) ?? []
  const value = Number(digits) * (UNITS[unit] ?? Number.NaN)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InvalidArgumentError('Expected a number of bytes, or such as 512KiB, 64MiB, 2GiB.')
}

function share(text: string): number {
  const value = Number(text)
  if (text !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

function names(text: string): readonly FaultName[] {
  return text.split(',').map((name) => {
    if (isFault(name)) return name
    throw new InvalidArgumentError(`There is no fault ${JSON.stringify(name)}; see --help.`)
  })
}
