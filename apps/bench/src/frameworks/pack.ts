import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rounds } from '@rangekit/test-kit/rounds'
import { ROOT } from './example.ts'
import { runToEnd } from './run-to-end.ts'

/**
 * Packs all packages that are published.
 *
 * @returns the paths of the tarballs.
 * @throws Error where a package is not built.
 */
export async function packPublished(destination: string, env: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const published = globSync('{packages,apps}/*/package.json', { cwd: ROOT })
    .map((path) => join(ROOT, path, '..'))
    .filter((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true)
  const unbuilt = published.filter((folder) => !existsSync(join(folder, 'dist')))
  if (unbuilt.length > 0) throw new Error(`Not built: ${unbuilt.join(', ')}. Run: npm run build`)
  await rounds(published.length, 2, async (index) => {
    const cwd = published[index]
    await runToEnd('pnpm', ['pack', '--pack-destination', destination], { cwd, env })
  })
  return globSync('*.tgz', { cwd: destination }).map((name) => join(destination, name))
}
