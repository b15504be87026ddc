import type { Export } from './exports.ts'
import type { PublishedPackage } from './packages.ts'
import { linkTo, type Pages, pathOf } from './pages.ts'
import { renderSizes, type Size } from './sizes.ts'

type Exports = ReadonlyMap<string, readonly Export[]>

/** The tables of a README: what its package exports, a line for each. */
export function renderApi({ folder, entries }: PublishedPackage, pages: Pages, exports: Exports): string {
  const base = `${'../'.repeat(folder.split('/').length)}docs/api/`
  const tables = entries.map(({ name: entry }) => {
    const rows = (exports.get(entry) ?? []).map(({ summary, ...found }) => {
      const link = linkTo(found, pages, '').replace('](', `](${base}`)
      return `| ${link} | ${summary.replaceAll('|', '\\|')} |`
    })
    return `| from [\`${entry}\`](${base}${pathOf(entry)}) | |\n|---|---|\n${rows.join('\n')}`
  })
  return tables.join('\n\n')
}

/** The first page of the reference. */
export function renderIndex(
  packages: readonly PublishedPackage[],
  pages: Pages,
  sizes: readonly Size[],
): string {
  const rows = packages
    .flatMap(({ entries }) => entries)
    .map(({ name }) => `| [\`${name}\`](${pathOf(name)}) | ${introOf(pages.get(name) ?? '')} |`)
  const commands = packages
    .filter(({ entries }) => entries.length === 0)
    .map(({ name, folder }) => `[\`${name}\`](../../${folder}/README.md)`)
  return `# API reference

What the packages export, from their types and docstrings. \`npm run docs:api\` writes this folder; \`npm run check\` fails where it is out of date.

| import from | what it is |
|---|---|
${rows.join('\n')}

Commands have no exports: ${commands.join(', ')}.

## Sizes

What a client loads. The limits are in \`apps/reference/src/sizes.ts\`.

${renderSizes(sizes)}
`
}

/** The first paragraph of a page, on one line. */
function introOf(page: string): string {
  const [, intro = ''] = page.split('\n\n')
  return intro.replaceAll('\n', ' ')
}
