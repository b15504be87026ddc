// A report as text for people: scores by section, then every failed vector with both messages.
import { judged, type Report, type Score, type VectorResult } from './report.ts'
import { levels } from './vector.ts'

/** The report as plain text. `verbose` lists the vectors that were left out as well. */
export function renderReport(report: Report, { verbose = false } = {}): string {
  const { representation, results } = report
  const failures = results.filter(({ verdict }) => verdict === 'fail')
  const left = results.filter(({ verdict }) => verdict === 'not-offered' || verdict === 'not-applicable')
  const lines = [
    `${report.url}${report.server === undefined ? '' : ` (${report.server})`}`,
    `${representation.completeLength} bytes, ETag ${representation.etag ?? 'none'}, Last-Modified ${representation.lastModified ?? 'none'}`,
    ...report.notes.map((note) => `Note: ${note}`),
    '',
    ...report.sections.map((score) => `${`${score.section} ${score.name}`.padEnd(46)} ${renderScore(score)}`),
    '',
    ...failures.flatMap(renderFailure),
    ...(verbose ? left.map(({ id, verdict, reason = '' }) => `${verdict}: ${id}: ${reason}`) : []),
    `Total: ${renderScore(report.totals)} (${(report.durationMs / 1000).toFixed(1)} s)`,
  ]
  return `${lines.join('\n')}\n`
}

function renderScore(score: Score): string {
  const broken = levels
    .filter((level) => score.failed[level] > 0)
    .map((level) => `${score.failed[level]} ${level}`)
  const rest = [
    ...(broken.length > 0 ? [`broken: ${broken.join(', ')}`] : []),
    ...(score.notOffered > 0 ? [`not offered: ${score.notOffered}`] : []),
    ...(score.notApplicable > 0 ? [`not applicable: ${score.notApplicable}`] : []),
  ]
  return [`${score.passed}/${judged(score)} passed`, ...rest].join(', ')
}

function renderFailure({
  id,
  level,
  section,
  title,
  why,
  findings = [],
  sent = '',
  received = '',
}: VectorResult) {
  const indent = (text: string, mark: string) =>
    text
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => `    ${mark} ${shorten(line)}`)
  return [
    `FAILED ${id} (${level}, ${section}): ${title}`,
    `    ${why}`,
    ...findings.map((finding) => `    ! ${finding.level} ${finding.section}: ${shorten(finding.problem)}`),
    ...indent(sent, '>'),
    ...indent(received, '<'),
    '',
  ]
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 180)}… (${text.length} characters)` : text
}
