import { readFileSync } from 'node:fs'
import { bundledPackages } from './.ci/bundled.ts'

interface Manifest {
  readonly exports?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

// Runs in a package's folder: what it exports and the commands it installs are its entries.
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))
// Packages of others that become part of the build and are not installed; NOTICE.md carries their licences.
const bundle = bundledPackages('.')

export default {
  entry: [...Object.values(manifest.exports ?? {}), ...Object.values(manifest.bin ?? {})],
  format: 'esm',
  target: 'es2024',
  platform: 'neutral',
  // What runs where is decided at run time, by dynamic import.
  splitting: true,
  external: [/^node:/],
  removeNodeProtocol: false,
  // What is not bundled on purpose is installed.
  skipNodeModulesBundle: true,
  noExternal: [...bundle],
  // Of a bundled package, esbuild keeps all that runs when it is loaded; Rollup drops what has no effect.
  treeshake: bundle.length > 0,
  dts: true,
  clean: true,
  silent: true,
}
