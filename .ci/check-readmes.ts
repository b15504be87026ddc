// What a user needs to find in the README of every published package.
import { join } from 'node:path'
import { type Package, published, readText } from './workspace.ts'

const SECTIONS = ['Features', 'Install', 'Usage', 'API', 'Related']
/** Examples in ts and js are run by apps/runtimes/test/packed.heavy.test.ts, from the packed packages. */
const LANGUAGES = ['ts', 'js', 'sh', 'json', '']

/** What is wrong with the README of a published package. */
export function checkReadme({ folder, manifest }: Package): string[] {
  const path = join(folder, 'README.md')
  const text = readText(path)
  const prose = text.replace(/^```.*?^```$/gms, '')
  const headings = [...prose.matchAll(/^## (.+)$/gm)].map(([, heading = '']) => heading)
  const found = headings.filter((heading) => SECTIONS.includes(heading))
  const faults = []
  if (!text.startsWith(`# ${manifest.name}\n`))
    faults.push(`${path}: does not begin with "# ${manifest.name}"`)
  if (found.join() !== SECTIONS.join())
    faults.push(`${path}: needs the sections ${SECTIONS.join(', ')}, in this order`)
  return [...faults, ...checkLanguages(path, text), ...checkInstall(path)]
}

/** An example in another language would not be run by any test. */
function checkLanguages(path: string, text: string): string[] {
  const fences = [...text.matchAll(/^```([^\n]*)\n.*?^```$/gms)].map(([, language = '']) => language)
  return fences
    .filter((language) => !LANGUAGES.includes(language))
    .map(
      (language) =>
        `${path}: has a block of ${language}, which no test runs; use one of ${LANGUAGES.join(' ')}`,
    )
}

/** Who follows a page has installed what its examples import of ours, and all of that is published. */
export function checkInstall(path: string): string[] {
  const text = readText(path)
  const lines = [...text.matchAll(/^npm install (.+)$/gm)].map(([, names = '']) => names)
  const installed = new Set(lines.flatMap((line) => line.split(' ')))
  const imported = new Set([...text.matchAll(/ from '(@rangekit\/[^/']+)/g)].map(([, name = '']) => name))
  const names = new Set(published.map(({ manifest }) => manifest.name))
  return [
    ...(lines.length > 0 ? [] : [`${path}: has no line "npm install"`]),
    ...[...imported]
      .filter((name) => !installed.has(name))
      .map((name) => `${path}: imports ${name}, which no "npm install" of it installs`),
    ...[...installed]
      .filter((name) => name.startsWith('@rangekit/') && !names.has(name))
      .map((name) => `${path}: has people install ${name}, which is not published`),
  ]
}
