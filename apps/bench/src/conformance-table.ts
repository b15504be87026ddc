#!/usr/bin/env node
// Runs the conformance checker against servers, and prints the scores as a Markdown table:
// node apps/bench/src/conformance-table.ts [--write] [--details] [PEER...]
//   --details   also print the reports
//   --write     write the table to the repository's README
import { parseArgs } from 'node:util'
import {
  judged,
  type Report,
  renderReport,
  runConformance,
  type Score,
  sectionNames,
} from '@rangekit/conformance'
import { FILM, FILM_LENGTH, makeFilmFolder } from './film.ts'
import { type PeerName, peerNames } from './peers/catalog.ts'
import { type Peer, startPeer } from './peers/start.ts'
import { writeSection } from './report/readme.ts'

interface Column {
  readonly peer: Peer
  readonly report: Report
}

const NO_SCORE: Score = {
  passed: 0,
  failed: { MUST: 0, SHOULD: 0, MAY: 0 },
  notOffered: 0,
  notApplicable: 0,
}

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' }, details: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.find((name) => !peerNames.some((known) => known === name))
if (unknown !== undefined) throw new RangeError(`Unknown peer ${unknown}; expected ${peerNames.join(', ')}`)
const selected = positionals.length > 0 ? peerNames.filter((name) => positionals.includes(name)) : peerNames

using folder = makeFilmFolder()
const columns: Column[] = []
for (const name of selected) columns.push(await check(name))
const text = render(columns)
process.stdout.write(text)
if (values.details) for (const { report } of columns) process.stdout.write(`\n${renderReport(report)}`)
if (values.write) await writeSection('conformance', text)

async function check(name: PeerName): Promise<Column> {
  await using peer = await startPeer(name, folder.path)
  const report = await runConformance(new URL(FILM, peer.url), {
    timeoutMs: 2000,
    onNoAnswer: () => peer.revive(),
  })
  return { peer, report }
}

function render(columns: readonly Column[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const sections = Object.keys(sectionNames).filter((section) =>
    columns.some(({ report }) => judged(scoreOf(report, section)) > 0),
  )
  const scored = (name: string, pick: (report: Report) => Score) =>
    row([name, ...columns.map(({ report }) => cell(pick(report)))])
  const counted = (name: string, pick: (score: Score) => number) =>
    row([name, ...columns.map(({ report }) => String(pick(report.totals)))])
  return [
    row(['RFC section', ...columns.map(({ peer }) => `${peer.title} ${peer.version}`)]),
    row(['---', ...columns.map(() => '---')]),
    ...sections.map((section) =>
      scored(`${section} ${sectionNames[section]}`, (report) => scoreOf(report, section)),
    ),
    scored('**All sections**', ({ totals }) => totals),
    counted('MUST broken', ({ failed }) => failed.MUST),
    counted('SHOULD broken', ({ failed }) => failed.SHOULD),
    counted('Not offered', ({ notOffered }) => notOffered),
    '\nPassed / judged vectors; in parentheses, how many of the failed ones broke a MUST. A dash: nothing to judge. ',
    'Vectors about optional features that a server does not offer are not judged. ',
    `One file of ${FILM_LENGTH} bytes over loopback. Set-up: `,
    `${columns.map(({ peer }) => `${peer.title}: ${peer.setup}`).join('; ')}.\n`,
  ].join('')
}

function scoreOf(report: Report, section: string): Score {
  return report.sections.find((score) => score.section === section) ?? NO_SCORE
}

function cell(score: Score): string {
  if (judged(score) === 0) return '–'
  const { MUST } = score.failed
  return `${score.passed}/${judged(score)}${MUST > 0 ? ` (${MUST})` : ''}`
}
