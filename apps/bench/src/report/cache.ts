import { DELAY } from '../cache/first-byte.ts'
import { type FrontId, frontIds } from '../cache/fronts.ts'
import type { CacheResults } from '../cache/results.ts'
import { type MeasureName, type ServerResults, summarize } from '../results.ts'
import { formatNumber, markdownTable } from './markdown.ts'

const GB = 1e9

/** What the caches were measured to do, and how. */
export function renderCache({ speed, firstBytes, traces }: CacheResults): string {
  const { rounds, seconds, machine, client, date } = speed
  const coldFigures = (id: FrontId) => [
    formatNumber(firstBytes[id].part, 1),
    formatNumber(firstBytes[id].film, 1),
    id === 'direct' ? '–' : formatNumber(traces[id].fetched / GB, 3),
    id === 'direct' ? '–' : formatNumber(traces[id].fetches, 0),
  ]
  const rows = speed.servers.map((server) => {
    const id = frontIds.find((one) => one === server.id)
    return [
      server.title,
      figure(server, 'range-1k', 1),
      figure(server, 'range-1m', 1e6),
      ...(id === undefined ? Array(4).fill('–') : coldFigures(id)),
    ]
  })
  const head = [
    'Server',
    'warm: 1 KiB ranges/s',
    'warm: 1 MiB ranges, MB/s',
    'cold: first byte, ms',
    'of a new film, ms',
    'trace: GB fetched',
    'requests',
  ]
  return [
    markdownTable([head, ...rows]),
    `\nMedians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s; one core for the server, one for the `,
    'client and the origin; 16 connections; a file of 256 MiB, all of it cached. Cold: the median time to the first ',
    `byte of 50 parts that are not cached, and of 50 films that were never asked for, at an origin ${DELAY} ms away; one `,
    'request at a time, after 200 others. ',
    `Trace: what the origin sent while players read ${formatNumber(traces.nginx.served / GB, 3)} GB in `,
    `${traces.nginx.requests} requests of a dozen films: they start, jump and leave, the same for each server. `,
    '†: other programs used more than a twentieth of a core.\n\n',
    `Machine: ${machine}. Client: ${client}. Date: ${date.slice(0, 10)}. `,
    `Set-up: ${speed.servers.map(({ title, version, setup }) => `${title} ${version} (${setup})`).join('; ')}.\n`,
  ].join('')
}

function figure(server: ServerResults, measure: MeasureName, unit: number): string {
  const summary = summarize(server.outcomes[measure])
  if (summary.kind !== 'figure') return summary.reason
  const spread = summary.spread > 0 ? ` ±${Math.round(summary.spread * 100)} %` : ''
  return `${formatNumber(summary.median / unit, 0)}${spread}${summary.disturbed ? ' †' : ''}`
}
