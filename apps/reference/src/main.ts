// `npm run docs:api` writes docs/api and docs/http-api.md, and what the READMEs of the packages say of exports and sizes. With --check it
// writes nothing, and fails where one of them is out of date or an export has no docstring.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { withSection } from '@rangekit/test-kit/sections'
import { readExports } from './exports.ts'
import { renderHttpApi } from './http-api.ts'
import { ROOT, readPackages } from './packages.ts'
import { finishPage, pathOf, renderPages } from './pages.ts'
import { readProject } from './read-project.ts'
import { renderApi, renderIndex } from './readme.ts'
import { measureSizes, renderSizes } from './sizes.ts'

const FOLDER = 'docs/api'

const packages = readPackages()
const { app, project, faults } = await readProject(packages)
const exports = readExports(project)
const pages = await renderPages(app, project, packages)
const sizes = await measureSizes()
for (const { folder, imported, own, limit } of sizes) {
  if (own > limit) faults.push(`${folder}: ${imported} weighs ${own} bytes, the limit is ${limit}`)
}

const wanted = new Map([
  ['docs/http-api.md', renderHttpApi()],
  [`${FOLDER}/README.md`, renderIndex(packages, pages, sizes)],
  ...[...pages.keys()].map((entry): [string, string] => [
    join(FOLDER, pathOf(entry)),
    finishPage(entry, pages, exports.get(entry) ?? []),
  ]),
  ...packages.filter(({ entries }) => entries.length > 0).map(readme),
])

function readme(found: (typeof packages)[number]): [string, string] {
  const path = join(found.folder, 'README.md')
  const text = withSection(read(path), 'api', renderApi(found, pages, exports), path)
  const measured = sizes.filter(({ folder }) => folder === found.folder)
  return [path, measured.length > 0 ? withSection(text, 'size', renderSizes(measured), path) : text]
}

const isCheck = process.argv.includes('--check')
for (const [path, text] of wanted) {
  if (isCheck) {
    if (read(path) !== text) faults.push(`${path}: out of date; run npm run docs:api`)
  } else {
    mkdirSync(join(ROOT, dirname(path)), { recursive: true })
    writeFileSync(join(ROOT, path), text)
  }
}
for (const name of readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' })) {
  const path = join(FOLDER, name)
  if (!name.endsWith('.md') || wanted.has(path)) continue
  if (isCheck) faults.push(`${path}: nothing is exported from there any more; run npm run docs:api`)
  else rmSync(join(ROOT, path))
}

for (const fault of faults) console.error(fault)
console.log(`${wanted.size} pages of the reference: ${faults.length} faults`)
if (faults.length > 0) process.exitCode = 1

function read(path: string): string {
  try {
    return readFileSync(join(ROOT, path), 'utf8')
  } catch {
    return ''
  }
}
