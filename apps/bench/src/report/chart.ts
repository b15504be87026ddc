import { type MeasureName, medianOf, type Results } from '../results.ts'
import { formatNumber } from './markdown.ts'

interface Panel {
  readonly measure: MeasureName
  readonly title: string
  /** What one unit of the panel is in the results. */
  readonly unit: number
}

const PANELS: readonly Panel[] = [
  { measure: 'range-1k', title: '1 KiB ranges, thousand requests/s', unit: 1e3 },
  { measure: 'range-64k', title: '64 KiB ranges, thousand requests/s', unit: 1e3 },
  { measure: 'range-1m', title: '1 MiB ranges, GB/s', unit: 1e9 },
  { measure: 'whole', title: 'Whole file, one connection, GB/s', unit: 1e9 },
]

/** In pixels, as all lengths here. */
const BAR = { height: 14, gap: 5, longest: 210 } as const
const LABEL_WIDTH = 120
const PANEL_WIDTH = LABEL_WIDTH + BAR.longest + 55
const PANEL_TOP = 34

const STYLE = `text { font: 11px system-ui, sans-serif; fill: #333 }
.title { font-size: 12.5px; font-weight: 600 }
.bar { fill: #9aa5b1 }
.own { fill: #2f6fdb }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .bar { fill: #6b7785 } .own { fill: #6ea2ff } }`

/** Results as an SVG picture: a panel of bars for each of four speeds. */
export function renderChart(results: Results): string {
  const height = PANEL_TOP + results.servers.length * (BAR.height + BAR.gap) + 16
  const drawn = PANELS.map((panel, index) => {
    const x = (index % 2) * PANEL_WIDTH
    const y = Math.floor(index / 2) * height
    return `<g transform="translate(${x} ${y})">\n${renderPanel(results, panel)}</g>\n`
  })
  const size = `width="${PANEL_WIDTH * 2}" height="${height * 2}" viewBox="0 0 ${PANEL_WIDTH * 2} ${height * 2}"`
  const title = '<title>Speed of file servers, one core each; longer is better</title>'
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`
  return `${open}\n${title}\n<style>${STYLE}</style>\n${drawn.join('')}</svg>\n`
}

function renderPanel(results: Results, { measure, title, unit }: Panel): string {
  const rows = results.servers.map(({ id, title }) => ({ id, title, median: medianOf(results, id, measure) }))
  const largest = Math.max(...rows.map(({ median }) => median ?? 0)) || 1
  const bars = rows.map(({ id, title, median }, index) => {
    const y = PANEL_TOP + index * (BAR.height + BAR.gap)
    const length = Math.round(((median ?? 0) / largest) * BAR.longest)
    const kind = id.startsWith('rangekit') ? 'own' : 'bar'
    const value = median === undefined ? '–' : formatNumber(median / unit, unit === 1e9 ? 2 : 1)
    return [
      `<text x="${LABEL_WIDTH - 6}" y="${y + 11}" text-anchor="end">${title}</text>`,
      `<rect class="${kind}" x="${LABEL_WIDTH}" y="${y}" width="${length}" height="${BAR.height}"/>`,
      `<text x="${LABEL_WIDTH + length + 4}" y="${y + 11}">${value}</text>\n`,
    ].join('')
  })
  return `<text class="title" x="${LABEL_WIDTH}" y="20">${title}</text>\n${bars.join('')}`
}
