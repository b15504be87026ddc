// What a release changes besides what changesets changes: the examples ask for our packages by their newest version.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { published } from './workspace.ts'

/** The version in the manifests as they are now. */
export function readVersion(): string {
  const [first] = published
  if (first === undefined) throw new Error('Nothing is published')
  return JSON.parse(readFileSync(join(first.folder, 'package.json'), 'utf8')).version
}

/** The manifests of the examples, which no workspace of ours links to our packages. */
export function exampleManifests(): string[] {
  return globSync('examples/*/package.json').sort()
}

/** A manifest whose ranges of our packages begin at a version. */
export function withVersion(manifest: string, version: string): string {
  const names = published.map(({ manifest: { name } }) => name).join('|')
  return manifest.replaceAll(new RegExp(`("(?:${names})": )"[^"]*"`, 'g'), `$1"^${version}"`)
}
