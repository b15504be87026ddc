import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

const command = resolve(import.meta.dirname, '../../../apps/rangekit')
let built: string | undefined

/**
 * Builds the command as people install it, as JavaScript. From TypeScript, Node would hold some 40 MiB more, because
 * it strips the types first. Built once per process, where its dependencies are found.
 *
 * @returns the path of the script.
 */
export function builtCommand(): string {
  if (built === undefined) {
    built = join(command, 'dist/measured.js')
    buildSync({
      entryPoints: [join(command, 'src/cli.ts')],
      outfile: built,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2024',
      // Bundles the workspace's packages and what their published builds contain; the rest is loaded as installed.
      external: ['commander'],
      logLevel: 'error',
    })
  }
  return built
}
