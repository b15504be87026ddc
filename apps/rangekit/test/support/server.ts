import { type Finished, run } from '@rangekit/test-kit/processes'
import { CLI, type CommandLine, ENGINES, poisoned } from '@rangekit/test-kit/runtimes'
import { environment, type StartedServer, startCommand as start } from '@rangekit/test-kit/start-server'
import { runtime } from './runtime.ts'

export type TestServer = StartedServer

export interface ServerOptions {
  readonly args?: readonly string[]
  /** Instead of this process's own, but for PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv
}

/** Runs the real command in a process of its own, and waits until it says that it is ready. */
export function startServer(dir: string, { args = [], env }: ServerOptions = {}): Promise<TestServer> {
  return startCommand([dir, '--port', '0', ...args], env)
}

/** The same with all arguments in the caller's hand. */
export function startCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<TestServer> {
  return start(commandLine(...args), { env })
}

/** The same under another command, from the sources or from what was built of them. */
export function startUnder(wrapper: CommandLine, dir: string, script?: string): Promise<TestServer> {
  const command = script === undefined ? commandLine() : [...ENGINES[runtime.name], script]
  return start([...wrapper, ...command, dir, '--port', '0'], { detached: true })
}

/** Runs another script that serves and says so as the command does. */
export function startScript(script: string, ...args: string[]): Promise<TestServer> {
  return start([...poisoned(runtime.name), script, ...args])
}

/** Runs the command where it ends by itself. */
export function runCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
  const [file, ...before] = commandLine()
  return run(file, [...before, ...args], { env: environment(env) })
}

/**
 * The command line of the server, for a test that runs it under something else. Its buffers are overwritten as soon as
 * they are given back.
 */
export function commandLine(...args: string[]): CommandLine {
  return [...poisoned(runtime.name), CLI, ...args]
}
