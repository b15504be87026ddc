import { readFileSync } from 'node:fs'

interface Manifest {
  readonly exports?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

// Run in a package's folder: what it exports and the commands it installs are its entries.
const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'))

export default {
  entry: [...Object.values(manifest.exports ?? {}), ...Object.values(manifest.bin ?? {})],
  format: 'esm',
  target: 'es2024',
  platform: 'neutral',
  // What runs where is decided at run time, by dynamic import.
  splitting: true,
  external: [/^node:/],
  dts: true,
  clean: true,
  silent: true,
}
