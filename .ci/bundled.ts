// What a build takes in: the packages that `bundle` of a package.json names, and all that they depend on.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'

interface Manifest {
  readonly bundle?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
}

/** @param folder of the package that is built. */
export function bundledPackages(folder: string): readonly string[] {
  const found = new Set<string>()
  const add = (name: string, importer: string) => {
    if (found.has(name)) return
    found.add(name)
    const at = installed(name, importer)
    for (const each of Object.keys(manifestOf(at).dependencies ?? {})) add(each, at)
  }
  for (const name of manifestOf(folder).bundle ?? []) add(name, realpathSync(folder))
  return [...found].sort()
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** The folder of a package as another one sees it. */
function installed(name: string, importer: string): string {
  const path = join(importer, 'node_modules', name)
  if (existsSync(path)) return realpathSync(path)
  if (dirname(importer) === importer) throw new Error(`${name} is not installed`)
  return installed(name, dirname(importer))
}
