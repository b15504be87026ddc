#!/usr/bin/env node
// rangekit-conformance URL: exit code 0 when no MUST is broken, 1 when one is, 2 when nothing was judged.
import { Command, InvalidArgumentError, Option } from 'commander'
import { renderReport } from './render.ts'
import { type ConformanceOptions, runConformance } from './run.ts'
import { levels } from './vector.ts'

interface Flags extends Pick<ConformanceOptions, 'section' | 'level' | 'only'> {
  readonly timeout: number
  readonly json?: true
  readonly verbose?: true
}

function milliseconds(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Expected milliseconds.')
  return value
}

const program = new Command('rangekit-conformance')
  .description('Judges the range support of an HTTP/1.1 server by RFC 9110.')
  .argument('<url>', 'a file on the server, at best of 100 kB or more and not changed just now')
  .option('--json', 'print the report as JSON')
  .option('--verbose', 'list the vectors that do not apply as well')
  .option('--section <section>', 'only this section and those below it, e.g. 14.1 or "9112 §6"')
  .addOption(new Option('--level <level>', 'only this level and stricter ones').choices(levels))
  .option(
    '--only <id>',
    'only the vector with this id; repeat it for more',
    (id, ids: readonly string[] = []) => [...ids, id],
  )
  .option('--timeout <ms>', 'for each request', milliseconds, 5000)
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
