#!/usr/bin/env node
// Runs the conformance checker against each peer on one and the same file, and prints the scores as a
// Markdown table: node apps/bench/src/conformance-table.ts [--write] [--details] [PEER...]
// `--write` puts the table into the README of the repository, between its two markers.
import { chmod, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  judged,
  type Report,
  renderReport,
  runConformance,
  type Score,
  sectionNames,
} from '@rangekit/conformance'
import { type PeerName, peerNames } from './peers/catalog.ts'
import { type Peer, startPeer } from './peers/start.ts'
import { writeSection } from './readme.ts'

interface Column {
  readonly peer: Peer
  readonly report: Report
}

const completeLength = 100_000
const modified = new Date('2024-02-29T12:00:00Z')

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' }, details: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.find((name) => !peerNames.some((known) => known === name))
if (unknown !== undefined) throw new RangeError(`no such peer: ${unknown}; there are ${peerNames.join(', ')}`)
const chosen = positionals.length > 0 ? peerNames.filter((name) => positionals.includes(name)) : peerNames

const root = await mkdtemp(join(tmpdir(), 'rangekit-conformance-'))
try {
  // Servers that give up root's rights must be able to read it.
  await chmod(root, 0o755)
  await writeFile(
    join(root, 'film.mp4'),
    Uint8Array.from({ length: completeLength }, (_, i) => i * 7 + (i >> 8) * 13),
  )
  await utimes(join(root, 'film.mp4'), modified, modified)
  const columns: Column[] = []
  for (const name of chosen) columns.push(await check(name))
  const text = render(columns)
  process.stdout.write(text)
  if (values.details) for (const { report } of columns) process.stdout.write(`\n${renderReport(report)}`)
  if (values.write) await writeSection('conformance', text)
} finally {
  await rm(root, { recursive: true, force: true })
}

async function check(name: PeerName): Promise<Column> {
  const peer = await startPeer(name, root)
  try {
    const report = await runConformance(new URL('film.mp4', peer.url), {
      timeoutMs: 2000,
      onNoAnswer: () => peer.revive(),
    })
    return { peer, report }
  } finally {
    await peer.stop()
  }
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
    '\nPassed / judged vectors; in brackets, how many of the failed ones broke a MUST. A dash: nothing to judge. ',
    'A vector on something that a server leaves out and may leave out is not judged. ',
    `One file of ${completeLength} bytes over loopback. Set-up: `,
    `${columns.map(({ peer }) => `${peer.title}: ${peer.setup}`).join('; ')}.\n`,
  ].join('')
}

function scoreOf(report: Report, section: string): Score {
  const none: Score = { passed: 0, failed: { MUST: 0, SHOULD: 0, MAY: 0 }, notOffered: 0, notApplicable: 0 }
  return report.sections.find((score) => score.section === section) ?? none
}

function cell(score: Score): string {
  if (judged(score) === 0) return '–'
  const { MUST } = score.failed
  return `${score.passed}/${judged(score)}${MUST > 0 ? ` (${MUST})` : ''}`
}
