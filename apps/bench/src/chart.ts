// Results as a picture: one panel of bars for each of the four speeds.
import { type MeasureName, medianOf, type Results } from './results.ts'
import { number } from './table.ts'

interface Panel {
  readonly measure: MeasureName
  readonly title: string
  readonly unit: number
}

const panels: readonly Panel[] = [
  { measure: 'range-1k', title: '1 KiB ranges, thousand requests/s', unit: 1e3 },
  { measure: 'range-64k', title: '64 KiB ranges, thousand requests/s', unit: 1e3 },
  { measure: 'range-1m', title: '1 MiB ranges, GB/s', unit: 1e9 },
  { measure: 'whole', title: 'Whole file, one connection, GB/s', unit: 1e9 },
]

const bar = { height: 14, gap: 5, longest: 210 }
const label = 120
const panelWidth = label + bar.longest + 55
const top = 34

const style = `text { font: 11px system-ui, sans-serif; fill: #333 }
.title { font-size: 12.5px; font-weight: 600 }
.bar { fill: #9aa5b1 }
.own { fill: #2f6fdb }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .bar { fill: #6b7785 } .own { fill: #6ea2ff } }`

export function renderChart(results: Results): string {
  const height = top + results.servers.length * (bar.height + bar.gap) + 16
  const drawn = panels.map((panel, index) => {
    const x = (index % 2) * panelWidth
    const y = Math.floor(index / 2) * height
    return `<g transform="translate(${x} ${y})">\n${renderPanel(results, panel)}</g>\n`
  })
  const size = `width="${panelWidth * 2}" height="${height * 2}" viewBox="0 0 ${panelWidth * 2} ${height * 2}"`
  const title = '<title>Speed of file servers, one core each; longer is better</title>'
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">\n${title}\n<style>${style}</style>\n${drawn.join('')}</svg>\n`
}

function renderPanel(results: Results, { measure, title, unit }: Panel): string {
  const rows = results.servers.map(({ id, title }) => ({ id, title, median: medianOf(results, id, measure) }))
  const largest = Math.max(...rows.map(({ median }) => median ?? 0)) || 1
  const bars = rows.map(({ id, title, median }, index) => {
    const y = top + index * (bar.height + bar.gap)
    const length = Math.round(((median ?? 0) / largest) * bar.longest)
    const kind = id.startsWith('rangekit') ? 'own' : 'bar'
    const value = median === undefined ? '–' : number(median / unit, unit === 1e9 ? 2 : 1)
    return [
      `<text x="${label - 6}" y="${y + 11}" text-anchor="end">${title}</text>`,
      `<rect class="${kind}" x="${label}" y="${y}" width="${length}" height="${bar.height}"/>`,
      `<text x="${label + length + 4}" y="${y + 11}">${value}</text>\n`,
    ].join('')
  })
  return `<text class="title" x="${label}" y="20">${title}</text>\n${bars.join('')}`
}
