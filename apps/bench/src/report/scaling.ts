import { clusters, type ScalingPoint, type ScalingResults } from '../scaling/results.ts'
import { formatNumber, markdownTable } from './markdown.ts'

/** What was fetched of each byte served, by the size of the cache. */
export function renderScaling({ audience, library, points }: ScalingResults): string {
  const shares = [...new Set(points.map(({ share }) => share))]
  const rows = shares.map((share) => [
    `${formatNumber(share * 100, 0)} % (${formatNumber((library * share) / 1e9, 0)} GB)`,
    ...clusters.map(({ id }) => {
      const point = points.find((other) => other.cluster === id && other.share === share)
      return point === undefined ? '–' : cell(point)
    }),
  ])
  const [first] = points
  const { viewers, films, exponent, seconds } = audience
  return [
    markdownTable([['Cache, all nodes together', ...clusters.map(({ title }) => title)], ...rows]),
    '\nBytes fetched from the origin for each 100 served, and requests to the origin for each GB served. ',
    `${formatNumber(viewers, 0)} viewers in ${formatNumber(seconds / 3600, 0)} hours request `,
    `${formatNumber(first?.requests ?? 0, 0)} times and read ${formatNumber((first?.served ?? 0) / 1e12, 2)} TB of a library of `,
    `${films} films, ${formatNumber(library / 1e12, 2)} TB; the nth film is watched in proportion to 1/n^${exponent}. `,
    'Each cache is empty at first.\n',
  ].join('')
}

function cell({ fetched, served, fetches }: ScalingPoint): string {
  const perGb = fetches / (served / 1e9)
  return `${formatNumber((100 * fetched) / served, 0)} %, ${formatNumber(perGb, 0)}/GB`
}

/** In the units of the picture, which is as wide as a phone. */
const SIZE = { width: 400, height: 300 }
const PLOT = { left: 52, right: 378, top: 36, bottom: 250 }
/** Where the lines are explained: they leave this corner free. */
const LEGEND = { left: 66, top: 198, row: 18 }
const COLOURS = { one: 'a', 'by-key': 'b', random: 'c' } as const

const STYLE = `text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600; font-size: 13px }
.grid { stroke: #ddd } .line { fill: none; stroke-width: 2.5 }
.a { stroke: #6b7785 } .b { stroke: #2f6fdb } .c { stroke: #c2410c }
.line.a { stroke-dasharray: 2 4 } .line.c { stroke-dasharray: 8 4 }
@media (prefers-color-scheme: dark) {
text { fill: #ddd } .grid { stroke: #444 } .a { stroke: #9aa5b1 } .b { stroke: #6ea2ff } .c { stroke: #fb923c }
}`

/** The same as an SVG picture: a line for each cluster, over the size of the cache. */
export function renderScalingChart({ points }: ScalingResults): string {
  const shares = [...new Set(points.map(({ share }) => share))]
  const x = (share: number) =>
    PLOT.left + ((PLOT.right - PLOT.left) * shares.indexOf(share)) / (shares.length - 1)
  const y = (part: number) => PLOT.bottom - (PLOT.bottom - PLOT.top) * part
  const grid = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const line = `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(part)}" y2="${y(part)}"/>`
    return `${line}<text x="${PLOT.left - 6}" y="${y(part) + 4}" text-anchor="end">${part * 100} %</text>\n`
  })
  const ticks = shares.map(
    (share) => `<text x="${x(share)}" y="${PLOT.bottom + 18}" text-anchor="middle">${share * 100} %</text>\n`,
  )
  const lines = clusters.map(({ id, title }, index) => {
    const own = points.filter(({ cluster }) => cluster === id)
    const path = own
      .map(({ share, fetched, served }) => `${round(x(share))},${round(y(fetched / served))}`)
      .join(' ')
    const { left, row } = LEGEND
    const top = LEGEND.top + row * index
    const key = `<line class="line ${COLOURS[id]}" x1="${left}" x2="${left + 24}" y1="${top - 4}" y2="${top - 4}"/>`
    return `<polyline class="line ${COLOURS[id]}" points="${path}"/>\n${key}<text x="${left + 30}" y="${top}">${title}</text>\n`
  })
  const { width, height } = SIZE
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`
  const title = 'Bytes fetched from the origin, of all bytes served'
  return [
    `${open}\n<title>${title}, by the size of the cache; lower is better</title>\n<style>${STYLE}</style>\n`,
    `<text class="title" x="8" y="16">${title}</text>\n`,
    ...grid,
    ...ticks,
    `<text x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 38}" text-anchor="middle">`,
    'cache of all nodes together, as a share of the library</text>\n',
    ...lines,
    '</svg>\n',
  ].join('')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
