import { join } from 'node:path'
import { EXAMPLES, readManifest } from './example.ts'
import type { Frameworks } from './framework.ts'
import { heavyFrameworks } from './heavy.ts'
import { lightFrameworks } from './light.ts'

/** All frameworks, in the order of the tables. */
export const frameworks: Frameworks = { ...lightFrameworks, ...heavyFrameworks }

/** The version of a framework, as its example pins it. */
export function versionOf(name: string): string {
  const version = frameworks[name]?.version
  if (version === undefined) throw new RangeError(`No such framework: ${name}`)
  if ('printed' in version) return version.printed
  const { dependencies, devDependencies } = readManifest(join(EXAMPLES, name))
  const pinned = { ...devDependencies, ...dependencies }[version.package]
  if (pinned === undefined) throw new Error(`examples/${name} does not depend on ${version.package}`)
  return pinned
}
