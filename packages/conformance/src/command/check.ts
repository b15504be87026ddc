import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { DEFAULT_TIMEOUT_MS } from '../raw/exchange.ts'
import { renderReport } from '../report/render.ts'
import { type ConformanceOptions, runConformance } from '../run.ts'
import { LEVELS } from '../suite/vector.ts'
import { orFail, wholeNumber } from './program.ts'

interface Flags extends Pick<ConformanceOptions, 'section' | 'level' | 'only'> {
  readonly timeout: number
  readonly json?: true
  readonly verbose?: true
  readonly 'http1.1'?: true
  readonly http2?: true
  readonly cacert?: string
  readonly insecure?: true
}

/** `rangekit-conformance URL`. Exit code: 0 when no MUST is broken, 1 when one is, 2 when nothing could be judged. */
export function addCheck(program: Command): void {
  program
    .description('Judges the range support of a server against RFC 9110, over HTTP/1.1 or HTTP/2.')
    .argument('<url>', 'a file on the server; best 100 kB or more, and unchanged for a minute')
    .addOption(
      new Option('--http1.1', 'judge it over HTTP/1.1, also if it prefers HTTP/2').conflicts('http2'),
    )
    .option('--http2', 'judge it over HTTP/2; over http without asking whether it knows that')
    .option('--cacert <file>', 'the certificate authorities to trust, in PEM')
    .option('-k, --insecure', 'accept any certificate')
    .option('--json', 'print the report as JSON')
    .option('--verbose', 'also list the vectors that were not judged')
    .option('--section <section>', 'only this section and those below it, such as 14.1 or "9112 §6"')
    .addOption(new Option('--level <level>', 'only this level and stricter ones').choices(LEVELS))
    .option(
      '--only <id>',
      'only the vector with this id; repeat the option for more',
      (id, ids: readonly string[] = []) => [...ids, id],
    )
    .option(
      '--timeout <ms>',
      'how long a request may take, in milliseconds',
      wholeNumber('of milliseconds ', 1),
      DEFAULT_TIMEOUT_MS,
    )
    .action((url: string, flags: Flags) => orFail(() => check(url, flags)))
}

async function check(url: string, flags: Flags): Promise<void> {
  const { timeout, json, verbose, 'http1.1': isHttp1, http2, cacert, insecure, ...selection } = flags
  const protocol = http2 ? 'h2' : isHttp1 && 'http/1.1'
  const report = await runConformance(url, {
    ...selection,
    timeoutMs: timeout,
    ...(protocol && { protocol }),
    ...(cacert !== undefined && { ca: readFileSync(cacert, 'utf8') }),
    ...(insecure && { insecure }),
  })
  process.stdout.write(
    json ? `${JSON.stringify(report, undefined, 2)}\n` : renderReport(report, { verbose: verbose === true }),
  )
  process.exitCode = report.totals.failed.MUST > 0 ? 1 : 0
}
