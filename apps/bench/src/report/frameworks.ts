import { frameworks } from '../frameworks/catalog.ts'
import { faults } from '../frameworks/faults.ts'
import type { JudgeName } from '../frameworks/judge-name.ts'
import { type JudgedFramework, ownId } from '../frameworks/results.ts'
import { type MeasureName, medianOf, type Results, summarize } from '../results.ts'
import { formatNumber, markdownTable } from './markdown.ts'

const MIB = 1024 * 1024

/** The table of what was proved. */
export function renderFrameworks(judged: readonly JudgedFramework[]): string {
  return markdownTable([
    [
      'Framework',
      'Vectors passed',
      'MUST broken',
      'Content-Length kept',
      'Ranges left uncompressed',
      'Abort closes the file',
      'Cut file breaks the connection',
      '2 GiB body adds',
    ],
    ...judged.map(({ id, title, version, totals, growth, findings }) => {
      const verdict = (judge: JudgeName, right = 'yes') => {
        const wrong = findings[judge]
        if (wrong === null) return '–'
        return wrong.length === 0 ? right : `**no**: ${wrong.join(', ')}`
      }
      return [
        `[${title}](../examples/${id}) ${version}`,
        `${totals.passed} of ${totals.judged}`,
        String(totals.mustBroken),
        verdict('framing'),
        verdict('compression'),
        verdict('aborts'),
        verdict('truncation'),
        verdict('memory', `${Math.max(0, Math.round((growth ?? 0) / MIB))} MiB`),
      ]
    }),
  ])
}

/** What fails because of frameworks, and why. */
export function renderFaults(judged: readonly JudgedFramework[]): string {
  const lines = judged.flatMap(({ id, title, version }) =>
    faults
      .filter(({ framework }) => framework === id)
      .map(({ reason, findings }) => {
        const named = findings.map((finding) => `\`${finding}\``).join(', ')
        return `- **${title} ${version}**: ${reason} Fails: ${named}.\n`
      }),
  )
  return lines.length === 0 ? 'Nothing.\n' : lines.join('')
}

/** The door of each framework. */
export function renderDoors(): string {
  return Object.entries(frameworks)
    .map(([name, { title, door }]) => {
      const language = door.file.replace(/.*\./, '')
      const code = door.lines.join('\n')
      return `### ${title}\n\n[\`examples/${name}/${door.file}\`](../examples/${name}):\n\n\`\`\`${language}\n${code}\n\`\`\`\n`
    })
    .join('\n')
}

/** The table of speed, and how it was measured. */
export function renderFrameworkSpeed(results: Results): string {
  const rows = Object.entries(frameworks).filter(([id]) => results.servers.some((server) => server.id === id))
  const own = results.servers.filter(({ id }) => id.startsWith('rangekit-'))
  return [
    markdownTable([
      [
        'Framework',
        'Its own helper',
        '1 MiB ranges, MB/s',
        'own helper',
        'ratio',
        'of our server',
        '1 KiB ranges/s',
        'own helper',
        'ratio',
      ],
      ...own.map(({ id, title, version }) => [
        `${title} ${version}`,
        '',
        figure(results, id, 'range-1m'),
        '',
        '',
        '',
        figure(results, id, 'range-1k'),
        '',
        '',
      ]),
      ...rows.map(([id, { title, runtime }]) => [
        `${title} ${results.servers.find((server) => server.id === id)?.version}`,
        helperOf(results, id),
        figure(results, id, 'range-1m'),
        figure(results, ownId(id), 'range-1m'),
        ratio(results, id, ownId(id), 'range-1m'),
        ratio(results, id, `rangekit-${runtime}`, 'range-1m'),
        figure(results, id, 'range-1k'),
        figure(results, ownId(id), 'range-1k'),
        ratio(results, id, ownId(id), 'range-1k'),
      ]),
    ]),
    `\nMedians of ${results.rounds} round${results.rounds === 1 ? '' : 's'} of ${results.seconds} s; ± is half the difference between the highest and the `,
    'lowest round. The set-up is that of [the other measurements](speed.md): a new process for each figure, on one core, ',
    'with 16 connections and a file of 256 MiB in the page cache. Ratios above 1 mean that Rangekit is faster. ',
    'A wrong response voids a figure. †: other programs used the cores.\n',
    `\nMachine: ${results.machine}. Client: ${results.client}. Date: ${results.date.slice(0, 10)}.\n`,
  ].join('')
}

function helperOf(results: Results, id: string): string {
  const helper = results.servers.find((server) => server.id === ownId(id))
  const own = frameworks[id]?.own
  if (helper !== undefined) return `${helper.title} ${helper.version}`
  return own?.kind === 'none' ? own.reason : ''
}

function figure(results: Results, id: string, measure: MeasureName): string {
  const outcomes = results.servers.find((server) => server.id === id)?.outcomes[measure]
  if (outcomes === undefined) return '–'
  const summary = summarize(outcomes)
  if (summary.kind !== 'figure') return summary.reason === 'answers 200' ? 'no ranges' : summary.reason
  const value = formatNumber(summary.median / (measure === 'range-1m' ? 1e6 : 1), 0)
  return `${value} ±${Math.round(summary.spread * 100)} %${summary.disturbed ? ' †' : ''}`
}

function ratio(results: Results, id: string, other: string, measure: MeasureName): string {
  const value = medianOf(results, id, measure)
  const against = medianOf(results, other, measure)
  return value === undefined || against === undefined ? '–' : formatNumber(value / against, 2)
}
