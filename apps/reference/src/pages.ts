import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { type Application, Comment, type ProjectReflection } from 'typedoc'
import { headingsOf } from './anchors.ts'
import { type Export, KINDS } from './exports.ts'
import type { PublishedPackage } from './packages.ts'

/** The Markdown of each entry's page, by the name of the entry. */
export type Pages = ReadonlyMap<string, string>

/** Renders a page for each entry. */
export async function renderPages(
  app: Application,
  project: ProjectReflection,
  packages: readonly PublishedPackage[],
): Promise<Pages> {
  for (const { description, entries } of packages) {
    for (const { name } of entries) {
      const module = project.getChildByName([name])
      // Entries whose source begins with a comment that has `@module` say themselves what they are.
      if (module) module.comment ??= new Comment([{ kind: 'text', text: `${description}.` }])
    }
  }
  const out = mkdtempSync(join(tmpdir(), 'rangekit-reference-'))
  try {
    app.options.setValue('out', out)
    await app.generateOutputs(project)
    const names = packages.flatMap(({ entries }) => entries.map(({ name }) => name))
    return new Map(names.map((name) => [name, tidy(readFileSync(join(out, pathOf(name)), 'utf8'))]))
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** Where the page of an entry is, from the folder of the reference. */
export function pathOf(entry: string): string {
  return `${entry.replace(/^@[^/]+\//, '')}.md`
}

/**
 * Drops tables that only repeat a signature, and exports that another page describes. Mends the last line of a union,
 * which the plugin moves to the left, and the start of a union in a table.
 */
function tidy(text: string): string {
  return text
    .replace(/^## .+\n\nRe-exports .+\n(?:\n\*{3}\n\n)?/gm, '')
    .replace(/(?:\n\*{3})?\n*$/, '\n')
    .replace(/^#+ Type Parameters\n\n\| Type Parameter \|\n(?:\|.*\n)+\n/gm, '')
    .replace(/ +$/gm, '')
    .replace(/(?<!\\)\| \\\| /g, '| ')
    .replace(/^\| (?=.*;\n```$)/gm, '  | ')
}

/** A page as it is published: with a list of what its entry exports, and links that lead where they should. */
export function finishPage(entry: string, pages: Pages, exports: readonly Export[]): string {
  const text = pages.get(entry) ?? ''
  const body = text.search(/^## /m)
  const head = body < 0 ? text : text.slice(0, body)
  const lists = KINDS.map((kind) => {
    const links = exports
      .filter((each) => each.kind === kind)
      .map((each) => linkTo(each, pages, pathOf(entry)))
    return links.length > 0 ? `- ${kind}: ${links.join(', ')}\n` : ''
  })
  return `${head.trimEnd()}\n\n${lists.join('')}${body < 0 ? '' : `\n${relink(text.slice(body), entry, pages)}`}`
}

/** A link to the description of an export, from a page whose path is given from the folder of the reference. */
export function linkTo({ name, home }: Pick<Export, 'name' | 'home'>, pages: Pages, from: string): string {
  const path = relative(dirname(from), pathOf(home))
  return `[\`${name}\`](${path === relative(dirname(from), from) ? '' : path}#${anchorOf(name, home, pages)})`
}

function anchorOf(name: string, home: string, pages: Pages): string {
  const headings = headingsOf(pages.get(home) ?? '')
  const found =
    headings.find(({ text }) => text === name) ?? headings.find(({ text }) => text === `${name}()`)
  if (found === undefined) throw new Error(`The page of ${home} has no heading for ${name}`)
  return found.anchor
}

/** The plugin numbers names that differ in case only, such as `FolderReader` and `folderReader`, otherwise than GitHub. */
function relink(text: string, entry: string, pages: Pages): string {
  return text.replace(/\[(`?)(\w+)\1\]\(([^)#]*)#[a-z\d_]+-\d\)/g, (link, tick, name, path) => {
    const home =
      path === ''
        ? entry
        : [...pages.keys()].find((each) => pathOf(each) === join(dirname(pathOf(entry)), path))
    return home === undefined ? link : `[${tick}${name}${tick}](${path}#${anchorOf(name, home, pages)})`
  })
}
