/**
 * Builds what the pages load into dist/client. A script that no other one imports becomes one file of its name; what
 * several of them share becomes chunks.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const FOLDER = 'src/client'
const IMPORTED = /'\.\/([^']+\.ts)'/g

const names = readdirSync(FOLDER).filter((name) => !name.includes('.test.'))
const scripts = names.filter((name) => name.endsWith('.ts'))
const imported = new Set(
  scripts.flatMap((name) =>
    [...readFileSync(join(FOLDER, name), 'utf8').matchAll(IMPORTED)].map(([, found]) => found),
  ),
)

await build({
  entryPoints: [
    ...scripts.filter((name) => !imported.has(name)),
    ...names.filter((name) => /\.(?:css|svg)$/.test(name)),
  ].map((name) => join(FOLDER, name)),
  outdir: 'dist/client',
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  loader: { '.svg': 'copy' },
})
