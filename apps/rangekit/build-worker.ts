/** Builds the threads, which are loaded by their paths, next to the command: one reads media files, one compares passwords. */
import { build } from 'esbuild'

await build({
  entryPoints: {
    'media-worker': 'src/library/media/media-worker.ts',
    'hash-worker': 'src/password/hash/hash-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  format: 'esm',
  target: 'es2024',
  platform: 'node',
})
