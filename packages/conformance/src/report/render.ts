import { LEVELS } from '../suite/vector.ts'
import { judged, type Report, type Score, type VectorResult } from './report.ts'

/** Options of {@link renderReport}. */
export interface RenderOptions {
  /** Whether to list the vectors that were not judged, each with the reason. Default: false. */
  readonly verbose?: boolean
}

/** Characters of a line of the report; longer lines are shortened. */
const MAX_LINE = 200
const SHORTENED_LINE = 180

/** A report as plain text: scores by section, then every failed vector with its request and response. */
export function renderReport(report: Report, { verbose = false }: RenderOptions = {}): string {
  const { results } = report
  const { completeLength, currentLength, etag, lastModified } = report.representation
  const length = completeLength === undefined ? `${currentLength} bytes so far` : `${completeLength} bytes`
  const lines = [
    `${report.url}${report.server === undefined ? '' : ` (${report.server})`}${report.protocol === 'h2' ? ', over HTTP/2' : ''}`,
    `${length}, ETag ${etag ?? 'none'}, Last-Modified ${lastModified ?? 'none'}`,
    ...report.notes.map((note) => `Note: ${note}`),
    '',
    ...report.sections
      .filter((score) => verbose || judged(score) + score.notOffered > 0)
      .map((score) => `${`${score.section} ${score.name}`.padEnd(46)} ${renderScore(score)}`),
    '',
    ...results.flatMap(renderFailure),
    ...(verbose ? results.flatMap(renderUnjudged) : []),
    `Total: ${renderScore(report.totals)} (${(report.durationMs / 1000).toFixed(1)} s)`,
  ]
  return `${lines.join('\n')}\n`
}

function renderScore(score: Score): string {
  const broken = LEVELS.filter((level) => score.failed[level] > 0).map(
    (level) => `${score.failed[level]} ${level}`,
  )
  const rest = [
    ...(broken.length > 0 ? [`broken: ${broken.join(', ')}`] : []),
    ...(score.notOffered > 0 ? [`not offered: ${score.notOffered}`] : []),
    ...(score.notApplicable > 0 ? [`not applicable: ${score.notApplicable}`] : []),
  ]
  return [`${score.passed}/${judged(score)} passed`, ...rest].join(', ')
}

function renderFailure(result: VectorResult): string[] {
  if (result.verdict !== 'fail') return []
  const { id, level, section, title, why, findings, sent, received } = result
  return [
    `FAILED ${id} (${level}, ${section}): ${title}`,
    `    ${why}`,
    ...findings.map((finding) => `    ! ${finding.level} ${finding.section}: ${shorten(finding.problem)}`),
    ...indent(sent, '>'),
    ...indent(received, '<'),
    '',
  ]
}

function renderUnjudged(result: VectorResult): string[] {
  switch (result.verdict) {
    case 'pass':
    case 'fail':
      return []
    case 'not-offered':
    case 'not-applicable':
      return [`${result.verdict}: ${result.id}: ${result.reason}`]
  }
}

function indent(text: string, mark: string): string[] {
  const lines = text.trimEnd().split(/\r?\n/)
  return lines.map((line) => `    ${mark} ${shorten(line)}`)
}

function shorten(text: string): string {
  return text.length > MAX_LINE ? `${text.slice(0, SHORTENED_LINE)}… (${text.length} characters)` : text
}
