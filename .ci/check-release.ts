// Holds what `npm run version` builds on: one version, ranges that follow it, changelogs, and change files that
// changesets understands. Lets changesets make the next version in a copy, without git and without network. Prints each
// fault on a line.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleManifests, readVersion, withVersion } from './release.ts'
import { type Package, packages, published, readText } from './workspace.ts'

const HISTORY = 'CHANGELOG.md'
/** What packages that are never released have. */
const NO_VERSION = '0.0.0'

const version = readVersion()
const faults = [...packages.flatMap(checkVersion), ...published.flatMap(checkChangelog), ...checkExamples()]
// The trial fails on such faults in its own, longer words.
if (faults.length === 0) faults.push(...checkNextVersion())
for (const fault of faults) console.error(fault)
console.log(`${published.length} packages at ${version}: ${faults.length} faults`)
if (faults.length > 0) process.exitCode = 1

/** One version for all that is published, and ranges that follow it. */
function checkVersion({ folder, manifest }: Package): string[] {
  const path = join(folder, 'package.json')
  const expected = manifest.private ? NO_VERSION : version
  const faults =
    manifest.version === expected ? [] : [`${path}: version is ${manifest.version}, not ${expected}`]
  if (manifest.private) return faults
  for (const [name, range] of Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const ours = packages.find((each) => each.manifest.name === name)
    if (ours?.manifest.private) faults.push(`${path}: depends on ${name}, which is not published`)
    if (ours && range !== 'workspace:^') faults.push(`${path}: ${name} is ${range}, not workspace:^`)
  }
  return faults
}

/** Each changelog is published, ends at the version of its package, and is on the page that lists them. */
function checkChangelog({ folder, manifest: { name, files = [] } }: Package): string[] {
  const path = join(folder, HISTORY)
  const text = readText(path)
  const faults = []
  if (!files.includes(HISTORY)) faults.push(`${folder}/package.json: files lacks ${HISTORY}`)
  if (!text.startsWith(`# ${name}\n`)) faults.push(`${path}: does not begin with "# ${name}"`)
  if (newestIn(text) !== version)
    faults.push(`${path}: the newest version is ${newestIn(text)}, not ${version}`)
  if (!readText(HISTORY).includes(`(${path})`)) faults.push(`${HISTORY}: does not link to ${path}`)
  return faults
}

function newestIn(changelog: string): string | undefined {
  return /^## (.+)$/m.exec(changelog)?.[1]
}

function checkExamples(): string[] {
  return exampleManifests()
    .filter((path) => readText(path) !== withVersion(readText(path), version))
    .map((path) => `${path}: asks for another version of our packages than ^${version}`)
}

/** Every published package, and no other, gets the next version and its heading, and no change file is left over. */
function checkNextVersion(): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'rangekit-version-'))
  try {
    for (const path of [
      'package.json',
      'pnpm-workspace.yaml',
      'pnpm-lock.yaml',
      '.changeset',
      '.ci/changelog.ts',
    ]) {
      cpSync(path, join(copy, path), { recursive: true })
    }
    for (const { folder } of packages)
      cpSync(join(folder, 'package.json'), join(copy, folder, 'package.json'))
    for (const { folder } of published) cpSync(join(folder, HISTORY), join(copy, folder, HISTORY))
    // A change of one package moves all, further than any change file would on its own.
    const change = `---\n'${published[0]?.manifest.name}': major\n---\n\nA trial.\n`
    writeFileSync(join(copy, '.changeset/trial.md'), change)
    execFileSync('changeset', ['version'], { cwd: copy, stdio: ['ignore', 'pipe', 'inherit'] })
    return checkCopy(copy)
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
    return [`.changeset: changesets cannot make the next version: ${output}`]
  } finally {
    rmSync(copy, { recursive: true })
  }
}

function checkCopy(copy: string): string[] {
  const read = (...path: string[]) => readFileSync(join(copy, ...path), 'utf8')
  const versionOf = ({ folder }: Package): string => JSON.parse(read(folder, 'package.json')).version
  const versions = new Set(published.map(versionOf))
  const [next = version] = versions
  const leftOver = readdirSync(join(copy, '.changeset')).filter((name) => name.endsWith('.md'))
  return [
    ...(versions.size > 1
      ? [`.changeset/config.json: next versions differ: ${[...versions].join(', ')}`]
      : []),
    ...(next === version ? [`.changeset/config.json: the next version is again ${next}`] : []),
    ...packages
      .filter((each) => each.manifest.private && versionOf(each) !== NO_VERSION)
      .map(({ folder }) => `.changeset/config.json: ${folder} gets a version`),
    ...published
      .filter(({ folder }) => newestIn(read(folder, HISTORY)) !== next)
      .map(({ folder }) => `${folder}/${HISTORY}: does not get the heading of ${next}`),
    ...leftOver.map((name) => `.changeset/${name}: names no published package`),
  ]
}
