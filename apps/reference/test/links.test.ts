import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { anchorsOf } from '../src/anchors.ts'
import { ROOT } from '../src/packages.ts'

const pages = globSync(['*.md', 'docs/**/*.md', '{packages,apps,examples}/*/*.md', 'examples/*.md'], {
  cwd: ROOT,
})

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** The links of a page to files of this repository and to places on them; code is not looked at. */
function linksOf(page: string): readonly string[] {
  const prose = read(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
}

function isBroken(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(ROOT, target))) return true
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(read(target)).has(anchor)
}

it('finds the pages of the repository and their links', () => {
  expect(pages.length).toBeGreaterThan(30)
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(500)
})

it.each(pages)('the links of %s lead to something', (page) => {
  expect(linksOf(page).filter((link) => isBroken(page, link))).toEqual([])
})
