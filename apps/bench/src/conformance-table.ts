#!/usr/bin/env node
// Runs the conformance checker against servers, and prints the scores as a Markdown table:
// node apps/bench/src/conformance-table.ts [--write] [--details] [PEER...]
//   --details   also print the reports
//   --write     keep the results in the repository, with docs/conformance.md and the README's digest
import { parseArgs } from 'node:util'
import { type Report, renderReport, runConformance } from '@rangekit/conformance'
import { type ServerVerdict, sectionCounts, totalCounts } from './conformance-results.ts'
import { FILM, FILM_LENGTH, makeFilmFolder } from './film.ts'
import { type PeerName, peerNames } from './peers/catalog.ts'
import { startPeer } from './peers/start.ts'
import { renderConformance } from './report/conformance.ts'
import { keep } from './report/pages.ts'

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' }, details: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.find((name) => !peerNames.some((known) => known === name))
if (unknown !== undefined) throw new RangeError(`Unknown peer ${unknown}; expected ${peerNames.join(', ')}`)
if (values.write && positionals.length > 0) throw new RangeError('--write needs a run of all servers')
const selected = positionals.length > 0 ? peerNames.filter((name) => positionals.includes(name)) : peerNames

using folder = makeFilmFolder()
const servers: ServerVerdict[] = []
const reports: Report[] = []
for (const id of selected) {
  const { peer, report } = await check(id)
  const { title, version, setup } = peer
  const sections = sectionCounts(report)
  const { notOffered } = report.totals
  servers.push({ id, title, version, setup, sections, totals: totalCounts(report), notOffered })
  reports.push(report)
}
const results = { fileLength: FILM_LENGTH, servers }
process.stdout.write(renderConformance(results))
if (values.details) for (const report of reports) process.stdout.write(`\n${renderReport(report)}`)
if (values.write) await keep('conformance', results)

async function check(id: PeerName) {
  await using peer = await startPeer(id, folder.path)
  const report = await runConformance(new URL(FILM, peer.url), {
    timeoutMs: 2000,
    onNoAnswer: () => peer.revive(),
  })
  return { peer, report }
}
