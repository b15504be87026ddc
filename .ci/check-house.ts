// Holds the walls between packages that neither the compiler nor the linter holds; ARCHITECTURE.md draws them.
// Prints each fault on a line, with its file.
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bundledPackages } from './bundled.ts'
import { checkInstall, checkReadme } from './check-readmes.ts'
import { checkLight } from './light.ts'
import { checkManifest } from './manifests.ts'
import {
  type Import,
  isTestFile,
  type Package,
  packageName,
  packages,
  published,
  readImports,
  readText,
  workspace,
} from './workspace.ts'

const PAGE = 'ARCHITECTURE.md'

/** Which packages of ours the source of each may import. Tests may import whatever their package.json declares. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'packages/conformance': [],
  'packages/media-type': [],
  'packages/range-core': [],
  'packages/node-fs-source': ['range-core', 'media-type'],
  'packages/r2-source': ['range-core', 'media-type'],
  'packages/http-source': ['range-core', 'media-type'],
  'packages/block-cache': ['range-core', 'node-fs-source'],
  'packages/range-handler': ['range-core'],
  'packages/server': ['range-core', 'range-handler'],
  'packages/test-kit': ['conformance'],
  'apps/hono-server': ['range-core', 'range-handler', 'server'],
  'apps/rangekit': [
    'range-core',
    'range-handler',
    'server',
    'hono-server',
    'node-fs-source',
    'http-source',
    'block-cache',
    'media-type',
  ],
  'apps/worker': ['range-core', 'range-handler', 'hono-server', 'r2-source', 'http-source', 'block-cache'],
  'apps/bench': [
    'range-core',
    'range-handler',
    'server',
    'node-fs-source',
    'http-source',
    'block-cache',
    'conformance',
    'test-kit',
  ],
  'apps/reference': ['rangekit', 'test-kit'],
  'apps/runtimes': ['conformance', 'test-kit'],
}

const imports = readImports()
const faults = [
  ...imports.flatMap((found) => [...checkDeclared(found), ...checkDirection(found), ...checkInside(found)]),
  ...packages.flatMap((found) => [...checkBundle(found), ...checkEngines(found), ...checkRoom(found)]),
  ...published.flatMap((found) => [...checkManifest(found), ...checkReadme(found)]),
  ...checkInstall('README.md'),
  ...checkPaths(),
  ...checkLight(),
]
for (const fault of new Set(faults)) console.error(fault)
console.log(`${imports.length} imports in ${packages.length} packages: ${faults.length} faults`)
if (faults.length > 0 || imports.length === 0) process.exitCode = 1

/** What is imported is declared: source uses what is installed with it, tests also what is there to develop. */
function checkDeclared({ file, owner, isTest, specifier }: Import): string[] {
  if (specifier.startsWith('.') || specifier.includes(':')) return []
  const { name, dependencies, peerDependencies, devDependencies, bundle = [], ...manifest } = owner.manifest
  const wanted = packageName(specifier)
  if (wanted === name) return [`${file}: imports its own package, ${name}; import the file instead`]
  const declared = { ...dependencies, ...peerDependencies }
  if (isTest || manifest.private) Object.assign(declared, devDependencies)
  if (isTest) Object.assign(declared, workspace.manifest.devDependencies)
  if (wanted in declared || bundle.includes(wanted)) return []
  const fields = isTest ? 'dependencies or devDependencies' : 'dependencies'
  return [`${file}: imports ${wanted}, which is not in ${fields} of ${join(owner.folder, 'package.json')}`]
}

/** Nothing imports upwards. */
function checkDirection({ file, owner: { folder }, isTest, specifier }: Import): string[] {
  const ours = packages.find(({ manifest }) => manifest.name === packageName(specifier))
  if (isTest || ours === undefined || ours.folder === folder) return []
  if (MAY_IMPORT[folder]?.includes(basename(ours.folder))) return []
  return [`${file}: imports ${specifier}, which MAY_IMPORT in .ci/check-house.ts does not allow ${folder}`]
}

/** A relative import stays in its package, and source does not use what is for tests. */
function checkInside({ file, owner: { folder }, isTest, specifier }: Import): string[] {
  if (folder === '' || !specifier.startsWith('.')) return []
  const target = join(file, '..', specifier)
  if (!target.startsWith(`${folder}/`)) return [`${file}: imports ${specifier}, which is outside ${folder}`]
  if (isTest || !isTestFile(target, folder) || target === `${folder}/package.json`) return []
  return [`${file}: imports ${specifier}, which is for tests`]
}

/** What is bundled is not installed as well, and its licence is published, as are those of what it depends on. */
function checkBundle({ folder, manifest }: Package): string[] {
  const { bundle = [], files = [], dependencies = {}, devDependencies = {} } = manifest
  const notice = files.includes('NOTICE.md') ? readText(`${folder}/NOTICE.md`) : ''
  const noticed = [...notice.matchAll(/^## (.+)$/gm)].flatMap(([, names = '']) => names.split(', '))
  const installed = bundle.filter((name) => name in dependencies || !(name in devDependencies))
  const unnoticed = bundledPackages(folder || '.').filter((name) => !noticed.includes(name))
  return [
    ...installed.map(
      (name) => `${folder}/package.json: bundles ${name}, which belongs in devDependencies alone`,
    ),
    ...unnoticed.map((name) => `${folder}/NOTICE.md: is not published, or lacks the licence of ${name}`),
  ]
}

/** What is published needs the same Node as the README says. */
function checkEngines({ folder, manifest }: Package): string[] {
  const { node = '' } = workspace.manifest.engines ?? {}
  const statement = `Node ${node.replace('>=', '')} or newer`
  return [
    ...(manifest.private || manifest.engines?.['node'] === node
      ? []
      : [`${folder}/package.json: needs another Node than package.json, ${node}`]),
    ...['README.md', 'CONTRIBUTING.md']
      .filter((page) => !readText(page).includes(statement))
      .map((page) => `${page}: does not say "${statement}", as package.json does`),
  ]
}

/** Each package has its row above, its own check of types and its line in ARCHITECTURE.md. */
function checkRoom({ folder }: Package): string[] {
  const faults = []
  if (!(folder in MAY_IMPORT)) faults.push(`${folder}: has no row in MAY_IMPORT of .ci/check-house.ts`)
  if (!existsSync(`${folder}/tsconfig.json`)) faults.push(`${folder}: has no tsconfig.json`)
  if (!readText(PAGE).includes(`\`${folder}\``)) faults.push(`${PAGE}: does not name ${folder}`)
  return faults
}

/** Each path that ARCHITECTURE.md names exists, from the root or from packages/. */
function checkPaths(): string[] {
  const spans = [...readText(PAGE).matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g)].map(([, path = '']) => path)
  return spans
    .filter((path) => !existsSync(path) && !existsSync(join('packages', path)))
    .map((path) => `${PAGE}: names ${path}, which does not exist`)
}
