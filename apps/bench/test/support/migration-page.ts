import { readFileSync } from 'node:fs'

const page = readFileSync(new URL('../../../../docs/migration.md', import.meta.url), 'utf8')

/** The part of the page below a heading, up to the next one. */
function section(heading: string): string {
  const lines = page.split('\n')
  const begin = lines.findIndex((line) => line.replace(/^#+ /, '') === heading)
  if (begin === -1) throw new Error(`The page has no heading "${heading}"`)
  const rest = lines.slice(begin + 1)
  const end = rest.findIndex((line) => /^#+ /.test(line))
  return rest.slice(0, end === -1 ? undefined : end).join('\n')
}

/** The programs below a heading, as they are on the page. */
export function programsOf(heading: string): string[] {
  return [...section(heading).matchAll(/^```js\n(.*?)^```/gms)].map(([, code = '']) => code)
}

/** One row of a table: what is in its first column, and the other cells by the title of their column. */
export interface Row {
  readonly first: string
  readonly cells: ReadonlyMap<string, string>
}

/** The rows of the table whose first column has this title. */
export function rowsOf(heading: string, title: string): Row[] {
  const tables = section(heading)
    .split('\n\n')
    .map((block) => block.split('\n').map((line) => line.split('|').slice(1, -1)))
  const table = tables.find(([head]) => head?.[0]?.trim() === title)
  const [head = [], , ...rows] = table ?? []
  return rows.map((row) => ({
    first: row[0]?.trim() ?? '',
    cells: new Map(row.map((cell, index) => [head[index]?.trim() ?? '', cell.trim()] as const).slice(1)),
  }))
}

/** The texts in backticks: a request line, and fields. */
export function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** The packages that the page was tested against, each with major and minor version. */
export function testedVersions(): Array<readonly [name: string, version: string]> {
  const [, list = ''] = /a test\][^,]*, against ([^\n]*?)\. What/.exec(page) ?? []
  return [...list.matchAll(/(\S+) (\d+\.\d+)/g)].map(([, name = '', version = '']) => [name, version])
}

/** How many programs and parts of programs the page has, so that none is left untested. */
export function countPrograms(): number {
  return [...page.matchAll(/^```js\n(.*?)^```/gms)].length
}
