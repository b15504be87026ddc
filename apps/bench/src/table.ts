// Results as Markdown tables.
import {
  type MeasureName,
  medianCpu,
  medianOf,
  type Results,
  type ServerResults,
  summarize,
} from './results.ts'

interface Column {
  readonly measure: MeasureName
  readonly title: string
  /** What one unit of the table is in the results. */
  readonly unit: number
  readonly digits: number
}

const perSecond = { unit: 1, digits: 0 }
const megabytes = { unit: 1e6, digits: 0 }
const kib = { unit: 1024, digits: 0 }
const mib = { unit: 1024 ** 2, digits: 0 }

const speed: readonly Column[] = [
  { measure: 'range-1k', title: '1 KiB ranges, requests/s', ...perSecond },
  { measure: 'range-64k', title: '64 KiB ranges, requests/s', ...perSecond },
  { measure: 'range-1m', title: '1 MiB ranges, MB/s', ...megabytes },
  { measure: 'whole', title: 'whole file, MB/s', ...megabytes },
  { measure: 'revalidation', title: '304, requests/s', ...perSecond },
  { measure: 'multipart', title: '8 ranges of 4 KiB, requests/s', ...perSecond },
]

const memory: readonly Column[] = [
  { measure: 'started', title: 'RSS before, MiB', ...mib },
  { measure: 'stalled', title: 'RSS per stopped reader, KiB', ...kib },
  { measure: 'gone', title: 'RSS 5 s after they left, MiB', ...mib },
  { measure: 'peak', title: 'peak RSS, 1 MiB ranges, MiB', ...mib },
]

/** What ratios are taken to. */
const reference = 'rangekit-node'

export function renderTables(results: Results): string {
  const { machine, client, rounds, seconds, date } = results
  return [
    table(results, speed, true),
    '\n',
    table(results, memory, false),
    `\nMedians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${seconds} s, servers in turn within each; `,
    '± is half the distance between the lowest and the highest round; in brackets, how many times as fast ',
    'Rangekit on Node is. MB are 10⁶ bytes, KiB and MiB 2¹⁰ and 2²⁰. A file of 256 MiB in the page cache, ',
    '16 connections (one for the whole file), a new process with one worker for each measurement, warmed up by two ',
    'seconds of 1 KiB ranges and one of its work. Memory: 1,000 connections that ask for the whole file and stop reading at the first bytes; processes of ',
    'one server are added up. The first answers are compared with the file; while it warms up to its work every answer is ',
    'looked at by itself, and in the measured run the bytes of all answers must be, to the byte, what as many right ones ',
    'have. One wrong answer, and the figure does not count. †: other programs had more than a twentieth of a core ',
    'in one of the rounds, three times running.\n\n',
    `Machine: ${machine}. Client: ${client}. Date: ${date.slice(0, 10)}. `,
    `Set-up: ${results.servers.map(({ title, version, setup }) => `${title} ${version} (${setup})`).join('; ')}.\n`,
  ].join('')
}

function table(results: Results, columns: readonly Column[], ratios: boolean): string {
  const measured = columns.filter(({ measure }) => results.servers.some(({ outcomes }) => outcomes[measure]))
  if (measured.length === 0) return ''
  const rows = results.servers.map((server) => [
    `${server.title} ${server.version}`,
    ...measured.map((column) => cell(results, server, column, ratios)),
  ])
  return markdown([['Server', ...measured.map(({ title }) => title)], ...rows])
}

/** What an answer costs a server: steadier than speed where other programs run too. */
export function renderCpu(results: Results): string {
  const own = results.servers.find(({ id }) => id === reference)
  const rows = results.servers.map(({ title, version, outcomes }) => [
    `${title} ${version}`,
    ...speed.map(({ measure }) => {
      const cpu = medianCpu(outcomes[measure])
      const ownCpu = medianCpu(own?.outcomes[measure])
      if (cpu === undefined) return '–'
      const ratio = ownCpu === undefined ? '' : ` (${number(cpu / ownCpu, 2)}×)`
      return `${number(cpu * 1e6, cpu < 1e-4 ? 1 : 0)}${ratio}`
    }),
  ])
  const titles = speed.map(({ title }) => title.replace(/,.*/, ''))
  return `${markdown([['Processor time of an answer, µs', ...titles], ...rows])}\nIn brackets, how many times what it takes Rangekit on Node. Without the time of network interrupts.\n`
}

export function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return [row(head), row(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(row)].join('')
}

function cell(results: Results, server: ServerResults, column: Column, ratios: boolean): string {
  if (server.version === 'not installed') return 'not installed'
  const summary = summarize(server.outcomes[column.measure])
  if (summary.kind === 'unable') return `n/a (${summary.reason})`
  if (summary.kind === 'failed') return `failed: ${summary.reason}`
  const { median, spread, disturbed, note } = summary
  const own = medianOf(results, reference, column.measure)
  return [
    number(median / column.unit, column.digits),
    results.rounds > 1 ? ` ±${Math.round(spread * 100)} %` : '',
    ratios && own !== undefined && server.id !== reference ? ` (${number(own / median, 2)}×)` : '',
    disturbed ? ' †' : '',
    note === undefined ? '' : `, ${note}`,
  ].join('')
}

export function number(value: number, digits: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits })
}
