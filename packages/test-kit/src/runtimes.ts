import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** A program and its arguments, or the first of them. */
export type CommandLine = readonly [file: string, ...args: string[]]

const workspace = resolve(import.meta.dirname, '../../..')
/** The script of the `rangekit` command. */
export const CLI = join(workspace, 'apps/rangekit/src/cli.ts')
/** The folder of the sample videos. */
export const SAMPLES = join(workspace, 'apps/rangekit/samples')
/** The version of the server's command. */
export const VERSION: string = JSON.parse(
  readFileSync(join(workspace, 'apps/rangekit/package.json'), 'utf8'),
).version

function binary(packageName: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), path)
}

/** Node calls the function experimental with which a checkout strips the types of the pages' scripts. */
const QUIET = '--disable-warning=ExperimentalWarning'

/** Runs a script on an engine, at the version that the workspace pins. Append the script and its arguments. */
export const ENGINES = {
  node: [process.execPath, QUIET],
  node22: [binary('node22', 'bin/node'), QUIET],
  node26: [binary('node26', 'bin/node'), QUIET],
  bun: [binary('bun', 'bin/bun.exe')],
  deno: [binary('deno', 'deno'), 'run', '-A', '--node-modules-dir=manual'],
} as const satisfies Readonly<Record<string, CommandLine>>

/** The flag that makes an engine load a module before the script. */
const PRELOAD = {
  node: '--import',
  node22: '--import',
  node26: '--import',
  bun: '--preload',
  deno: '--preload',
} as const

/** Runs a script whose servers overwrite each pooled buffer as soon as it is released. Append the script. */
export function poisoned(engine: keyof typeof ENGINES): CommandLine {
  return [...ENGINES[engine], PRELOAD[engine], join(workspace, 'packages/server/test/support/poison.ts')]
}

/** Runs the server on a runtime. Append the folder and the options. */
export const RUNTIMES = {
  node: [...ENGINES.node, CLI],
  node22: [...ENGINES.node22, CLI],
  node26: [...ENGINES.node26, CLI],
  bun: [...ENGINES.bun, CLI],
  deno: [...ENGINES.deno, CLI],
  workerd: [...ENGINES.node, join(workspace, 'apps/worker/src/start.ts')],
} as const satisfies Readonly<Record<string, CommandLine>>

export type RuntimeName = keyof typeof RUNTIMES
