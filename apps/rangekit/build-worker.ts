/** Builds the thread that reads media files, which is loaded by its path, into dist/media-worker.js. */
import { build } from 'esbuild'

await build({
  entryPoints: ['src/library/media/media-worker.ts'],
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  format: 'esm',
  target: 'es2024',
  platform: 'node',
})
