// What each published package.json says of where it comes from, by package.json of the workspace: repository, author,
// licence. `node .ci/manifests.ts` writes these fields; check-house.ts holds that they are up to date.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, type Package, published, readText, workspace } from './workspace.ts'

/** In this order, after the fields that each package has of its own. */
const OWN = ['name', 'version', 'description', 'keywords'] as const

if (import.meta.main) {
  for (const { folder, manifest } of published) {
    writeFileSync(join(folder, 'package.json'), wanted(folder, manifest))
  }
}

/** What is wrong with the manifest of a published package. */
export function checkManifest({ folder, manifest }: Package): string[] {
  const path = join(folder, 'package.json')
  const faults = []
  if (readText(path) !== wanted(folder, manifest)) faults.push(`${path}: run node .ci/manifests.ts`)
  if (!manifest.description) faults.push(`${path}: has no description`)
  if (new Set(manifest.keywords).size < 5) faults.push(`${path}: has fewer than five keywords`)
  return faults
}

function wanted(folder: string, manifest: Manifest): string {
  const { repository: url, author, license } = workspace.manifest
  const own = Object.fromEntries(OWN.map((field) => [field, manifest[field]]))
  const origin = {
    homepage: `${url}/tree/main/${folder}#readme`,
    bugs: `${url}/issues`,
    repository: { type: 'git', url: `git+${url}.git`, directory: folder },
    license,
    author,
  }
  return `${JSON.stringify({ ...own, ...origin, ...without(manifest, { ...own, ...origin }) }, null, 2)}\n`
}

function without(manifest: object, fields: object): object {
  return Object.fromEntries(Object.entries(manifest).filter(([field]) => !(field in fields)))
}
