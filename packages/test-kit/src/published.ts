import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { rounds } from './rounds.ts'

const workspace = resolve(import.meta.dirname, '../../..')

/** The folders of all packages that people install, from the workspace's root. */
export const PUBLISHED: readonly string[] = globSync('{packages,apps}/*/package.json', { cwd: workspace })
  .filter((path) => JSON.parse(readFileSync(join(workspace, path), 'utf8')).private !== true)
  .map(dirname)
  .sort()

/** A package as it would be published. */
export interface Packed {
  /** Of the package, from the workspace's root. */
  readonly folder: string
  readonly tarball: string
}

/**
 * Packs all of them as they would be published.
 *
 * @param destination the folder for the tarballs.
 * @param env the environment of pnpm. Default: that of this process.
 * @throws Error where a package is not built.
 */
export async function packPublished(
  destination: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly Packed[]> {
  const unbuilt = PUBLISHED.filter((folder) => !existsSync(join(workspace, folder, 'dist')))
  if (unbuilt.length > 0) throw new Error(`Not built: ${unbuilt.join(', ')}. Run: npm run build`)
  return rounds(PUBLISHED.length, 2, async (index) => {
    const folder = PUBLISHED[index] ?? ''
    const args = ['pack', '--pack-destination', destination, '--json']
    const { stdout } = await promisify(execFile)('pnpm', args, { cwd: join(workspace, folder), env })
    return { folder, tarball: resolve(destination, JSON.parse(stdout).filename) }
  })
}
