import { sectionNames } from '@rangekit/conformance'
import type {
  ConformanceResults,
  RuntimesResults,
  ServerVerdict,
  TotalCounts,
  VectorCounts,
} from '../conformance-results.ts'
import type { PeerName } from '../peers/catalog.ts'

/** The servers that the README compares with. */
const DIGEST = ['rangekit', 'nginx', 'caddy', 'send', 'fastify-static'] as const satisfies readonly PeerName[]

/** Every section of the RFCs and every server, and how they were judged. */
export function renderConformance({ fileLength, servers }: ConformanceResults): string {
  const sections = Object.keys(sectionNames).filter((section) =>
    servers.some((server) => section in server.sections),
  )
  const counted = (name: string, pick: (server: ServerVerdict) => number) =>
    row([name, ...servers.map((server) => String(pick(server)))])
  return [
    row(['RFC section', ...servers.map(nameOf)]),
    row(['---', ...servers.map(() => '---')]),
    ...sections.map((section) =>
      row([
        `${section} ${sectionNames[section]}`,
        ...servers.map((server) => cell(server.sections[section])),
      ]),
    ),
    row(['**All sections**', ...servers.map(({ totals }) => cell(totals))]),
    counted('MUST broken', ({ totals }) => totals.mustBroken),
    counted('SHOULD broken', ({ totals }) => totals.shouldBroken),
    counted('Not offered', ({ notOffered }) => notOffered),
    '\nPassed / judged vectors; in parentheses, how many of the failed ones broke a MUST. A dash: nothing to judge. ',
    'Vectors about optional features that a server does not offer are not judged. ',
    `One file of ${fileLength} bytes over loopback. Set-up: `,
    `${servers.map(({ title, setup }) => `${title}: ${setup}`).join('; ')}.\n`,
  ].join('')
}

/** The totals of a few servers. */
export function renderConformanceDigest({ servers }: ConformanceResults): string {
  return [
    row(['Server', 'Vectors passed', 'MUST broken', 'SHOULD broken']),
    row(['---', '---:', '---:', '---:']),
    ...chosen(servers).map((server) => row([nameOf(server), ...totalCells(server.totals)])),
  ].join('')
}

/** Rangekit on every runtime. */
export function renderRuntimes({ runtimes }: RuntimesResults): string {
  return [
    row(['Runtime', 'Vectors passed', 'MUST broken', 'SHOULD broken']),
    row(['---', '---:', '---:', '---:']),
    ...runtimes.map(({ title, totals }) => row([title, ...totalCells(totals)])),
  ].join('')
}

/** One line for the README: Rangekit on Node, Bun and Deno, and nginx and Caddy by the same vectors. */
export function renderProof({ servers }: ConformanceResults, { runtimes }: RuntimesResults): string {
  const own = runtimes.filter(({ title }) => /^(?:Node|Bun|Deno) /.test(title))
  const [score = '', ...differing] = new Set(own.map(({ totals }) => scoreOf(totals)))
  const claim =
    differing.length === 0
      ? `${score} on Node, Bun and Deno`
      : own.map(({ title, totals }) => `${scoreOf(totals)} on ${title}`).join('; ')
  const others = chosen(servers)
    .filter(({ id }) => id === 'nginx' || id === 'caddy')
    .map((server) => `${nameOf(server)}: ${scoreOf(server.totals)}`)
  return `**[RFC 9110 conformance](docs/conformance.md)**: ${claim}. ${others.join('. ')}.\n`
}

function chosen(servers: readonly ServerVerdict[]): readonly ServerVerdict[] {
  return DIGEST.flatMap((id) => {
    const server = servers.find((found) => found.id === id)
    if (server === undefined) throw new Error(`The results lack ${id}: run all servers`)
    return [server]
  })
}

function scoreOf({ passed, judged, mustBroken }: TotalCounts): string {
  return `${passed} of ${judged} vectors, ${mustBroken} MUST broken`
}

function totalCells({ passed, judged, mustBroken, shouldBroken }: TotalCounts): readonly string[] {
  return [`${passed} of ${judged}`, String(mustBroken), String(shouldBroken)]
}

function nameOf({ title, version }: ServerVerdict): string {
  return `${title} ${version}`
}

function cell(counts: VectorCounts | undefined): string {
  if (counts === undefined) return '–'
  const { passed, judged, mustBroken } = counts
  return `${passed}/${judged}${mustBroken > 0 ? ` (${mustBroken})` : ''}`
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}
