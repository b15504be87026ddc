import { type Command, Option } from 'commander'
import { type TrustedProxies, trustProxy } from './trusted-proxies.ts'

const FORMATS = ['text', 'json', 'none'] as const

/** The options of the command that are about its log, and about who a client is. */
export interface LogFlags {
  /** Default: `text` in a file and on a terminal, `none` elsewhere. */
  readonly log?: (typeof FORMATS)[number]
  readonly logFile?: string
  readonly quiet: boolean
  /** Default: no proxy. */
  readonly trustProxy?: TrustedProxies
}

export function addLogFlags(command: Command): Command {
  return command
    .optionsGroup('Log:')
    .addOption(
      new Option(
        '--log <format>',
        'a line for each request on stderr (default: text on a terminal, none elsewhere)',
      ).choices(FORMATS),
    )
    .option('--log-file <file>', 'append the lines to a file instead; it may be moved at any time')
    .option('--quiet', 'print nothing but what goes wrong', false)
    .addOption(
      new Option(
        '--trust-proxy <proxies>',
        'believe X-Forwarded-For and Forwarded of these: loopback, private, 10.0.0.0/8,... or how many there are',
      ).argParser(trustProxy),
    )
    .optionsGroup('Options:')
}

/** What is wrong with the options, in one line; `undefined` if nothing is. */
export function logProblem({ log, logFile, quiet }: LogFlags): string | undefined {
  if (logFile === '') return '--log-file needs the name of a file'
  if (log === 'none' && logFile !== undefined) return '--log none leaves nothing to write to --log-file'
  if (quiet && log !== undefined && log !== 'none' && logFile === undefined) {
    return '--quiet and --log contradict each other; add --log-file, or omit one'
  }
  return undefined
}

/** The format of lines for requests. */
export function logFormat({ log, logFile, quiet }: LogFlags, isTerminal: boolean): 'text' | 'json' | 'none' {
  if (log !== undefined) return log
  return logFile !== undefined || (isTerminal && !quiet) ? 'text' : 'none'
}
