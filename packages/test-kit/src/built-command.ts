import { join, resolve } from 'node:path'
import { buildSync } from 'esbuild'

const command = resolve(import.meta.dirname, '../../../apps/rangekit')
let built: string | undefined

/**
 * The server's command as people install it, JavaScript without types: Node keeps some 40 MiB for as long as it lives
 * if it has to strip types first. Built once, beside the packages that it needs.
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
      // The workspace's own packages are part of it, and so is what their published builds contain. The others are
      // loaded as installed.
      external: ['commander'],
      logLevel: 'error',
    })
  }
  return built
}
