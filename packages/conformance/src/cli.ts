#!/usr/bin/env node
// Exit code: 0 when no MUST is broken, 1 when one is, 2 when nothing could be judged.
import { Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_TIMEOUT_MS } from './raw/exchange.ts'
import { renderReport } from './report/render.ts'
import { type ConformanceOptions, runConformance } from './run.ts'
import { LEVELS } from './suite/vector.ts'

interface Flags extends Pick<ConformanceOptions, 'section' | 'level' | 'only'> {
  readonly timeout: number
  readonly json?: true
  readonly verbose?: true
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('Expected a whole number of milliseconds from 1 up.')
  }
  return value
}

const program = new Command('rangekit-conformance')
  .description('Judges the range support of an HTTP/1.1 server against RFC 9110.')
  .argument('<url>', 'a file on the server; best 100 kB or more, and unchanged for a minute')
  .option('--json', 'print the report as JSON')
  .option('--verbose', 'also list the vectors that were not judged')
  .option('--section <section>', 'only this section and those below it, such as 14.1 or "9112 §6"')
  .addOption(new Option('--level <level>', 'only this level and stricter ones').choices(LEVELS))
  .option(
    '--only <id>',
    'only the vector with this id; repeat the option for more',
    (id, ids: readonly string[] = []) => [...ids, id],
  )
  .option('--timeout <ms>', 'how long a request may take, in milliseconds', milliseconds, DEFAULT_TIMEOUT_MS)
  .exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? 0 : 2)
  })
  .parse()

const { timeout, json, verbose = false, ...selection } = program.opts<Flags>()
try {
  const report = await runConformance(program.args[0] ?? '', { ...selection, timeoutMs: timeout })
  process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report, { verbose }))
  process.exitCode = report.totals.failed.MUST > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`rangekit-conformance: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
