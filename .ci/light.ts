// The packages that `npm start` installs: what the server's source imports, at the versions of pnpm-lock.yaml.
// `node .ci/light.ts` writes .ci/light; check-house.ts holds that it is up to date.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Package, packages, readText } from './workspace.ts'

const FOLDER = '.ci/light'
/** What the launcher can start without fetching more than a runtime. */
const ROOTS = ['rangekit', '@rangekit/worker']
/** What the launcher fetches once an option asks for it: too much for everyone else. */
const ON_DEMAND = ['@peculiar/x509', '@prometheus-io/client', 'reflect-metadata']

if (import.meta.main) {
  writeFileSync(join(FOLDER, 'package.json'), wanted())
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], {
    cwd: FOLDER,
    stdio: 'inherit',
  })
}

/** What is wrong with the folder. */
export function checkLight(): string[] {
  const fix = 'run node .ci/light.ts'
  if (readText(join(FOLDER, 'package.json')) !== wanted())
    return [`${FOLDER}/package.json: out of date; ${fix}`]
  const lock = readText('pnpm-lock.yaml')
  const { packages: locked }: NpmLock = JSON.parse(readText(join(FOLDER, 'package-lock.json')))
  return Object.entries(locked)
    .filter(([path, { integrity = '' }]) => path !== '' && !lock.includes(`{integrity: ${integrity}}`))
    .map(([path]) => `${FOLDER}/package-lock.json: ${path} is not what pnpm-lock.yaml pins; ${fix}`)
}

interface NpmLock {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>
}

function wanted(): string {
  const all = new Set(ROOTS.flatMap(externals))
  const names = [...all].filter((name) => !ON_DEMAND.includes(name)).sort()
  const dependencies = Object.fromEntries(names.map((name) => [name, pinned(name)]))
  return `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`
}

/** The packages of others that a package of ours imports, or imports through ours. */
function externals(name: string): string[] {
  const { dependencies = {}, bundle = [] } = ours(name)?.manifest ?? {}
  return [...Object.keys(dependencies), ...bundle].flatMap((each) => (ours(each) ? externals(each) : [each]))
}

function ours(name: string): Package | undefined {
  return packages.find(({ manifest }) => manifest.name === name)
}

/** The version of a package that pnpm installs for ours. */
function pinned(name: string): string {
  const entry = new RegExp(`^      '?${name}'?:\n        specifier: .*\n        version: ([\\w.-]+)`, 'm')
  const [, version] = entry.exec(readText('pnpm-lock.yaml')) ?? []
  if (version === undefined) throw new Error(`pnpm-lock.yaml does not pin ${name}`)
  return version
}
