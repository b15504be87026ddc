import { mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ENGINES } from '@rangekit/test-kit/runtimes'
import { ROOT } from './example.ts'

/** Keeps frameworks from reporting to their makers, and from asking questions. */
const QUIET = {
  ASTRO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  NO_COLOR: '1',
}

/** Makes a folder with the commands `node`, `bun` and `deno`, at the versions that this workspace pins. */
export function linkEngines(folder: string): string {
  mkdirSync(folder, { recursive: true })
  for (const name of ['node', 'bun', 'deno'] as const) symlinkSync(ENGINES[name][0], join(folder, name))
  return folder
}

/**
 * The environment of package managers: that of this process, without what npm and vitest put into it.
 *
 * @param engines the folder of engines, which comes first in PATH.
 */
export function installEnvironment(engines: string): NodeJS.ProcessEnv {
  const unwanted =
    /^(?:npm_(?:lifecycle|package|command|execpath|node_execpath|config_(?:local_prefix|global_prefix|prefix))|INIT_CWD$|NODE_ENV$|VITEST)/
  const inherited = Object.entries(process.env).filter(([name]) => !unwanted.test(name))
  const path = [engines, join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  return { ...Object.fromEntries(inherited), CI: 'true', PATH: path }
}

/**
 * The environment that an example is built and started in: a user's in production.
 *
 * @param commands folders that come first in PATH.
 */
export function exampleEnvironment(home: string, commands: readonly string[]): NodeJS.ProcessEnv {
  return {
    ...QUIET,
    HOME: home,
    NODE_ENV: 'production',
    PATH: [...commands, process.env['PATH']].join(delimiter),
  }
}
