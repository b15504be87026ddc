import { join } from 'node:path'
import { type Finished, run } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'
import { CLI, type CommandLine, ENGINES, poisoned } from '@rangekit/test-kit/runtimes'
import { environment, type StartedServer, startCommand as start } from '@rangekit/test-kit/start-server'
import { expect } from 'vitest'
import { runtime } from './runtime.ts'

export type TestServer = StartedServer

/** The content of every 404. */
export const NOT_FOUND = '{"detail":"Archivo no encontrado"}'

export interface ServerOptions {
  /** Default: none. */
  readonly args?: readonly string[]
  /** Replaces the environment of this process, except PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv
}

/** Starts the `rangekit` command on a free port, and waits until it is ready. */
export function startServer(dir: string, { args = [], env }: ServerOptions = {}): Promise<TestServer> {
  return startCommand([dir, '--port', '0', ...args], env)
}

/** The same with any arguments. */
export function startCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<TestServer> {
  return start(commandLine(...args), { env })
}

/** The same under a wrapper such as `strace`. Default of `script`: the command from source. */
export function startUnder(wrapper: CommandLine, dir: string, script?: string): Promise<TestServer> {
  const command = script === undefined ? commandLine() : [...ENGINES[runtime.name], script]
  return start([...wrapper, ...command, dir, '--port', '0'], { detached: true })
}

/** Starts a script of this folder that serves, and prints the same ready line as the command. */
export function startScript(script: string, ...args: string[]): Promise<TestServer> {
  return start([...poisoned(runtime.name), join(import.meta.dirname, script), ...args])
}

/** Runs the command to its end. */
export function runCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
  const [file, ...before] = commandLine()
  return run(file, [...before, ...args], { env: environment(env) })
}

/** Matches a command that has ended with exit code 1 and one line on stderr. */
export function refused(line: RegExp) {
  return { code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^${line.source}\n$`)) }
}

/** The command line of the `rangekit` command. Its servers overwrite each pooled buffer as soon as it is released. */
export function commandLine(...args: string[]): CommandLine {
  return [...poisoned(runtime.name), CLI, ...args]
}

/** Whether a server sends `a.txt` with the content `hello`. */
export function isServed(port: number): Promise<boolean> {
  return exchange(port, 'GET /api/stream/a.txt').then(
    ({ body }) => body.toString() === 'hello',
    () => false,
  )
}
