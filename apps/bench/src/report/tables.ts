import type { ServerId } from '../peers/servers.ts'
import {
  type MeasureName,
  medianCpu,
  medianOf,
  type Results,
  type ServerResults,
  summarize,
} from '../results.ts'
import { formatNumber, markdownTable } from './markdown.ts'

interface Column {
  readonly measure: MeasureName
  readonly title: string
  /** What one unit of the table is in the results. */
  readonly unit: number
  readonly digits: number
}

const PER_SECOND = { unit: 1, digits: 0 }
const MEGABYTES = { unit: 1e6, digits: 0 }
const KIB = { unit: 1024, digits: 0 }
const MIB = { unit: 1024 ** 2, digits: 0 }

const SPEED: readonly Column[] = [
  { measure: 'range-1k', title: '1 KiB ranges, requests/s', ...PER_SECOND },
  { measure: 'range-64k', title: '64 KiB ranges, requests/s', ...PER_SECOND },
  { measure: 'range-1m', title: '1 MiB ranges, MB/s', ...MEGABYTES },
  { measure: 'whole', title: 'whole file, MB/s', ...MEGABYTES },
  { measure: 'revalidation', title: '304, requests/s', ...PER_SECOND },
  { measure: 'multipart', title: '8 ranges of 4 KiB, requests/s', ...PER_SECOND },
]

/** What the README shows. */
const DIGEST = {
  servers: ['rangekit-node', 'nginx-sendfile', 'send', 'sirv', 'hono-static'],
  columns: ['range-1k', 'range-64k', 'range-1m', 'whole'],
} as const satisfies { servers: readonly ServerId[]; columns: readonly MeasureName[] }

const MEMORY: readonly Column[] = [
  { measure: 'started', title: 'RSS before, MiB', ...MIB },
  { measure: 'stalled', title: 'RSS per stopped reader, KiB', ...KIB },
  { measure: 'gone', title: 'RSS 5 s after they left, MiB', ...MIB },
  { measure: 'peak', title: 'peak RSS, 1 MiB ranges, MiB', ...MIB },
]

/** The server that ratios compare with. */
const REFERENCE = 'rangekit-node'

/** The tables of speed and memory, and how they were measured. */
export function renderTables(results: Results): string {
  const { machine, client, rounds, seconds, date } = results
  return [
    table(results, SPEED, true),
    '\n',
    table(results, MEMORY, false),
    `\nMedians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s; `,
    'in each round, all servers run in turn. ± is half the difference between the highest and the lowest round; in ',
    'parentheses, how many times as fast Rangekit on Node is. MB are 10⁶ bytes, KiB and MiB 2¹⁰ and 2²⁰ bytes. The ',
    'file has 256 MiB and is in the page cache. There are 16 connections, or one for the whole file. Each ',
    'measurement starts a new process with one worker and warms it up with 1 KiB ranges for two seconds and with ',
    'its own workload for one. RSS is that of all processes of a server; stopped readers are 1,000 connections that ',
    'request the whole file and stop reading after the first bytes. The first responses are compared with the file, ',
    'every response of the warm-up with its own workload is checked for status and length, and in the measured run ',
    'the bytes of all responses must add up exactly. A single wrong response voids the figure. †: in at least one ',
    'round, other programs used more than a twentieth of a core three times in a row.\n\n',
    `Machine: ${machine}. Client: ${client}. Date: ${date.slice(0, 10)}. `,
    `Set-up: ${results.servers.map(({ title, version, setup }) => `${title} ${version} (${setup})`).join('; ')}.\n`,
  ].join('')
}

/** The speed of a few servers. */
export function renderDigest(results: Results): string {
  const servers = DIGEST.servers.flatMap((id) => results.servers.filter((server) => server.id === id))
  const columns = SPEED.filter(({ measure }) => DIGEST.columns.some((name) => name === measure))
  return table({ ...results, servers }, columns, false)
}

function table(results: Results, columns: readonly Column[], ratios: boolean): string {
  const measured = columns.filter(({ measure }) => results.servers.some(({ outcomes }) => outcomes[measure]))
  if (measured.length === 0) return ''
  const rows = results.servers.map((server) => [
    `${server.title} ${server.version}`,
    ...measured.map((column) => cell(results, server, column, ratios)),
  ])
  return markdownTable([['Server', ...measured.map(({ title }) => title)], ...rows])
}

/** Processor time for each response: less affected by other programs than speed. */
export function renderCpu(results: Results): string {
  const own = results.servers.find(({ id }) => id === REFERENCE)
  const rows = results.servers.map(({ title, version, outcomes }) => [
    `${title} ${version}`,
    ...SPEED.map(({ measure }) => {
      const cpu = medianCpu(outcomes[measure])
      const ownCpu = medianCpu(own?.outcomes[measure])
      if (cpu === undefined) return '–'
      const ratio = ownCpu === undefined ? '' : ` (${formatNumber(cpu / ownCpu, 2)}×)`
      return `${formatNumber(cpu * 1e6, cpu < 1e-4 ? 1 : 0)}${ratio}`
    }),
  ])
  const titles = SPEED.map(({ title }) => title.replace(/,.*/, ''))
  return [
    markdownTable([['Processor time for each response, µs', ...titles], ...rows]),
    '\nIn parentheses, how many times the processor time of Rangekit on Node. ',
    'Network interrupts are not included.\n',
  ].join('')
}

function cell(results: Results, server: ServerResults, column: Column, ratios: boolean): string {
  if (server.version === 'not installed') return 'not installed'
  const summary = summarize(server.outcomes[column.measure])
  if (summary.kind === 'unable') return `n/a (${summary.reason})`
  if (summary.kind === 'failed') return `failed: ${summary.reason}`
  const { median, spread, disturbed, note } = summary
  const own = medianOf(results, REFERENCE, column.measure)
  return [
    formatNumber(median / column.unit, column.digits),
    results.rounds > 1 ? ` ±${Math.round(spread * 100)} %` : '',
    ratios && own !== undefined && server.id !== REFERENCE ? ` (${formatNumber(own / median, 2)}×)` : '',
    disturbed ? ' †' : '',
    note === undefined ? '' : `, ${note}`,
  ].join('')
}
