import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The root of the workspace. */
export const ROOT = join(import.meta.dirname, '../../..')

/** A package that people install. */
export interface PublishedPackage {
  readonly name: string
  /** From the root. */
  readonly folder: string
  readonly description: string
  /** Empty for a command. */
  readonly entries: readonly Entry[]
}

/** One address that others import from. */
export interface Entry {
  /** What they write after `from`, such as `@rangekit/range-handler/testing`. */
  readonly name: string
  /** The source behind it, from the root. */
  readonly source: string
}

interface Manifest {
  readonly name: string
  readonly description: string
  readonly private?: boolean
  readonly exports?: Readonly<Record<string, string>>
}

/** All published packages. A package that passes on what another one exports comes after it. */
export function readPackages(): readonly PublishedPackage[] {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(ROOT, group)).map((name) => `${group}/${name}`))
    .flatMap((folder) => {
      const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
      const { name, description, exports = {} } = manifest
      const entries = Object.entries(exports).map(([path, source]) => ({
        name: join(name, path),
        source: join(folder, source),
      }))
      return manifest.private ? [] : [{ name, folder, description, entries }]
    })
}
