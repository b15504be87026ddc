import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** A command line, or its beginning. */
export type CommandLine = readonly [file: string, ...args: string[]]

const apps = resolve(import.meta.dirname, '../..')
/** The script of the server's command. */
export const CLI = join(apps, 'hono-server/src/cli.ts')

function binary(packageName: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), path)
}

/** What runs a script, at the versions that the workspace pins; the script and its arguments follow. */
export const ENGINES = {
  node: [process.execPath],
  node22: [binary('node22', 'bin/node')],
  node26: [binary('node26', 'bin/node')],
  bun: [binary('bun', 'bin/bun.exe')],
  deno: [binary('deno', 'deno'), 'run', '-A', '--node-modules-dir=manual'],
} as const satisfies Readonly<Record<string, CommandLine>>

/** What has an engine load a module before its script. */
const PRELOAD = {
  node: '--import',
  node22: '--import',
  node26: '--import',
  bun: '--preload',
  deno: '--preload',
} as const

/** What runs a script with a server whose pooled buffers are overwritten as soon as they are given back. */
export function poisoned(engine: keyof typeof ENGINES): CommandLine {
  return [...ENGINES[engine], PRELOAD[engine], join(import.meta.dirname, 'poison.ts')]
}

/** What runs the server, on every runtime that the tests run on; the folder and the options follow. */
export const RUNTIMES = {
  node: [...ENGINES.node, CLI],
  node22: [...ENGINES.node22, CLI],
  node26: [...ENGINES.node26, CLI],
  bun: [...ENGINES.bun, CLI],
  deno: [...ENGINES.deno, CLI],
  workerd: [process.execPath, join(apps, 'worker/src/start.ts')],
} as const satisfies Readonly<Record<string, CommandLine>>

export type RuntimeName = keyof typeof RUNTIMES

export const SAMPLES = join(apps, 'hono-server/samples')
