import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** The command line that runs the server on a runtime; the folder and the options follow. */
export type CommandLine = readonly [file: string, ...args: string[]]

const apps = resolve(import.meta.dirname, '../..')
const cli = join(apps, 'hono-server/src/cli.ts')

function binary(packageName: string, path: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), path)
}

/** Every runtime that the tests run on, at the versions that the workspace pins. */
export const RUNTIMES = {
  node: [process.execPath, cli],
  node22: [binary('node22', 'bin/node'), cli],
  node26: [binary('node26', 'bin/node'), cli],
  bun: [binary('bun', 'bin/bun.exe'), cli],
  deno: [binary('deno', 'deno'), 'run', '-A', '--node-modules-dir=manual', cli],
  workerd: [process.execPath, join(apps, 'worker/src/start.ts')],
} as const satisfies Readonly<Record<string, CommandLine>>

export type RuntimeName = keyof typeof RUNTIMES

export const SAMPLES = join(apps, 'hono-server/samples')
