import { join } from 'node:path'
import type { PeerKind } from '../peers/kind.ts'
import { EXAMPLES, readManifest } from './example.ts'

/** What a framework has of its own to serve files with. */
export type OwnHelper =
  | { readonly kind: 'server'; readonly server: PeerKind }
  /** A folder of the example, which the framework serves at `/`. */
  | { readonly kind: 'folder'; readonly folder: string }
  /** There is none, or it cannot be measured. */
  | { readonly kind: 'none'; readonly reason: string }

/** How a framework is judged and shown. The key is the name of its folder in `examples`. */
export interface Framework {
  readonly title: string
  /** The package whose version is shown, or the version itself. */
  readonly version: { readonly package: string } | { readonly printed: string }
  /** Whether it must be built, which takes long. */
  readonly heavy: boolean
  /** The file of the example with the door, and the lines that are it. */
  readonly door: { readonly file: string; readonly lines: readonly string[] }
  readonly own: OwnHelper
  /** Whether its speed says something: that of a development server does not. */
  readonly measured: boolean
}

export const frameworks: Readonly<Record<string, Framework>> = {}

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
