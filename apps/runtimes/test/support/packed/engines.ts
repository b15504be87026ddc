import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '@rangekit/test-kit/processes'
import { type CommandLine, ENGINES } from '@rangekit/test-kit/runtimes'

/** The runtimes that packages are promised to run on, the oldest Node among them. */
export const ENGINE_NAMES = ['oldest node', 'node', 'node26', 'bun', 'deno'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

/** The first Node that the manifests promise, such as `22.12`. */
export function oldestNode(root: string): string {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return engines.node.replace('>=', '')
}

/**
 * Fetches the oldest Node into a folder. The workspace has newer ones, since its sources need 22.18.
 *
 * @returns how to run a script on each runtime.
 */
export async function fetchEngines(folder: string, root: string): Promise<Record<EngineName, CommandLine>> {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  await installed(folder, [`${name}@${oldestNode(root)}`])
  const { node, node26, bun, deno } = ENGINES
  return { 'oldest node': [join(folder, 'node_modules', name, 'bin/node')], node, node26, bun, deno }
}

/** Installs packages in a folder, as a user does. */
export async function installed(folder: string, names: readonly string[]): Promise<void> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...names]
  const { code, stderr } = await run('npm', args, { cwd: folder })
  if (code !== 0) throw new Error(`npm install failed: ${stderr}`)
}
