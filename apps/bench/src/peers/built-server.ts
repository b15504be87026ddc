import { resolve } from 'node:path'
import { buildSync } from 'esbuild'

const server = resolve(import.meta.dirname, '../../../hono-server')
let built: string | undefined

/**
 * Our command as people install it, JavaScript without types: Node keeps some 40 MiB for as long as it lives if it has
 * to strip types first. Built once, beside the packages that it needs.
 *
 * @returns the path of the command.
 */
export function builtServer(): string {
  if (built === undefined) {
    built = `${server}/dist/measured.js`
    buildSync({
      entryPoints: [`${server}/src/cli.ts`],
      outfile: built,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'es2024',
      // The workspace's own packages are part of it; the others are loaded as installed.
      external: ['@hono/node-server', 'hono', 'commander', 'content-disposition'],
      logLevel: 'error',
    })
  }
  return built
}
