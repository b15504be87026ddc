import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '@rangekit/test-kit/folder'
import { packPublished } from '@rangekit/test-kit/published'
import { exampleEnvironment, installEnvironment, linkEngines } from './environment.ts'
import { EXAMPLES, readManifest } from './example.ts'
import { runToEnd } from './run-to-end.ts'
import { type RunningExample, startScript, type WrapCommand } from './running.ts'

/** Copies of examples in a temporary folder, with their dependencies and our packages as published. */
export interface Workshop extends Disposable {
  /** The folder of an example's copy. */
  at(name: string): string
  /** Runs a command line in the folder of an example. */
  run(name: string, script: string): Promise<void>
  /** Runs the example's `build` script, if it has one. */
  build(name: string): Promise<void>
  /**
   * Starts an example on a free port, and waits until it answers.
   *
   * @param media the folder that it serves.
   * @param wrap changes the command, for example to tie it to a core. Default: no change.
   */
  start(name: string, media: string, wrap?: WrapCommand): Promise<RunningExample>
}

/**
 * Makes a workshop. Its packages come from pnpm's store and the registry, ours from `npm run build`.
 *
 * @param names the examples that are wanted; the dependencies of others are not installed.
 */
export async function openWorkshop(names: readonly string[]): Promise<Workshop> {
  const folder = makeFolder()
  try {
    const engines = linkEngines(folder.at('engines'))
    const examples = folder.at('examples')
    copyExamples(examples)
    const env = installEnvironment(engines)
    const filters = names.flatMap((name) => ['--filter', readManifest(join(examples, name)).name])
    const install = ['install', '--frozen-lockfile', '--prefer-offline', ...filters]
    await runToEnd('pnpm', install, { cwd: examples, env })
    await installPublished(folder.at('published'), join(examples, 'node_modules'), env)
    mkdirSync(folder.at('home'))
    const at = (name: string) => join(examples, name)
    const environment = (name: string) =>
      exampleEnvironment(folder.at('home'), [
        join(at(name), 'node_modules/.bin'),
        join(examples, 'node_modules/.bin'),
        engines,
      ])
    const runIn = (name: string, script: string) =>
      runToEnd('/bin/sh', ['-c', script], { cwd: at(name), env: environment(name) })
    return {
      at,
      run: runIn,
      async build(name) {
        const { build } = readManifest(at(name)).scripts
        if (build !== undefined) await runIn(name, build)
      },
      start(name, media, wrap) {
        const { start } = readManifest(at(name)).scripts
        const env = { ...environment(name), MEDIA_DIR: media }
        return startScript(start, { cwd: at(name), env, wrap })
      },
      [Symbol.dispose]: folder.remove,
    }
  } catch (error) {
    folder.remove()
    throw error
  }
}

/** Copies what the repository has or would have: no dependencies and nothing built. */
function copyExamples(destination: string): void {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const paths = execFileSync('git', list, { cwd: EXAMPLES, encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const path of paths.filter((name) => existsSync(join(EXAMPLES, name)))) {
    mkdirSync(dirname(join(destination, path)), { recursive: true })
    cpSync(join(EXAMPLES, path), join(destination, path))
  }
}

/**
 * Installs our packages where every example finds them. npm installs elsewhere first, because it would remove what pnpm
 * has installed.
 */
async function installPublished(scratch: string, modules: string, env: NodeJS.ProcessEnv): Promise<void> {
  mkdirSync(join(scratch, 'tarballs'), { recursive: true })
  const packed = await packPublished(join(scratch, 'tarballs'), env)
  const tarballs = packed.map(({ tarball }) => tarball)
  await runToEnd(
    'npm',
    ['install', '--prefix', scratch, '--no-audit', '--no-fund', '--prefer-offline', ...tarballs],
    {
      cwd: scratch,
      env,
    },
  )
  mkdirSync(modules, { recursive: true })
  const installed = join(scratch, 'node_modules')
  for (const name of readdirSync(installed).filter((entry) => !entry.startsWith('.'))) {
    if (!existsSync(join(modules, name))) renameSync(join(installed, name), join(modules, name))
  }
}
