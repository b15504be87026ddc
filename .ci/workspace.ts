// The packages of this workspace and what they import, for the checks.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { API } from 'typescript/unstable/sync'

type Versions = Readonly<Record<string, string>>

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly keywords?: readonly string[]
  readonly license?: string
  readonly author?: string
  /** Of the workspace: the address. Of a package, see manifests.ts. */
  readonly repository?: unknown
  readonly private?: boolean
  readonly engines?: Versions
  readonly exports?: unknown
  readonly files?: readonly string[]
  readonly dependencies?: Versions
  readonly peerDependencies?: Versions
  readonly devDependencies?: Versions
  /** What the build takes in (see .tsup.config.ts). */
  readonly bundle?: readonly string[]
}

export interface Package {
  /** Empty for the workspace itself. */
  readonly folder: string
  readonly manifest: Manifest
}

/** One import, dynamic ones and those of types included. */
export interface Import {
  readonly file: string
  readonly owner: Package
  readonly isTest: boolean
  readonly specifier: string
}

/** The workspace itself. */
export const workspace = readPackage('')
/** All packages and apps. A folder without a manifest is what git left of one that has moved. */
export const packages = ['packages', 'apps']
  .flatMap((group) => readdirSync(group).map((name) => join(group, name)))
  .filter((folder) => existsSync(join(folder, 'package.json')))
  .map(readPackage)
/** Those that people install. */
export const published = packages.filter(({ manifest }) => !manifest.private)

/** The imports of all files that the workspace's tsconfig.json covers, as the compiler reads them. */
export function readImports(): Import[] {
  const api = new API({ cwd: process.cwd() })
  const program = api.updateSnapshot({ openProjects: ['tsconfig.json'] }).getProjects()[0]?.program
  const found = (program?.getSourceFileNames() ?? []).flatMap((name) => {
    const file = relative('.', name)
    if (file.startsWith('..') || file.includes('node_modules/')) return []
    const owner = packages.find(({ folder }) => file.startsWith(`${folder}/`)) ?? workspace
    const isTest = isTestFile(file, owner.folder)
    const specifiers = program?.getSourceFile(name)?.imports.map((node) => node.getText().slice(1, -1)) ?? []
    return specifiers.map((specifier) => ({ file, owner, isTest, specifier }))
  })
  api.close()
  return found
}

/** Whether a file is for tests and development: all but the source that is built. */
export function isTestFile(file: string, folder: string): boolean {
  return !file.startsWith(`${folder}/src/`) || file.endsWith('.test.ts')
}

/** The package that an import is from. */
export function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** A package by its folder. */
export function readPackage(folder: string): Package {
  return { folder, manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }
}

/** The text of a file; empty if there is none. */
export function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}
