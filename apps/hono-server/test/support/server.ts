import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Finished, run, start } from './processes.ts'

export interface TestServer extends AsyncDisposable {
  readonly origin: string
  readonly port: number
  readonly pid: number
  /** All that was printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Sends a signal, and resolves to the exit code; without one where the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface ServerOptions {
  readonly args?: readonly string[]
  /** Instead of this process's own, but for PATH. */
  readonly env?: NodeJS.ProcessEnv
}

const cli = join(import.meta.dirname, '../../src/cli.ts')

/** Runs the real command in a process of its own, and waits until it says that it is ready. */
export async function startServer(dir: string, { args = [], env }: ServerOptions = {}): Promise<TestServer> {
  return startCommand([dir, '--port', '0', ...args], env)
}

/** The same with all arguments in the caller's hand. */
export async function startCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<TestServer> {
  const child = start(process.execPath, [cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(env),
  })
  const { pid, stdout: out, stderr: err } = child
  if (pid === undefined || out === null || err === null) throw new Error('The server did not start')
  const exited = once(child, 'exit').then(() => child.exitCode)
  const printed = { stdout: '', stderr: '' }
  out.on('data', (chunk) => {
    printed.stdout += chunk
  })
  err.on('data', (chunk) => {
    printed.stderr += chunk
  })
  const ready = once(createInterface(out), 'line').then(([line]) => String(line))
  const first = await Promise.race([ready, exited])
  const origin = /http:\/\/\S+(?=\/$)/.exec(String(first))?.[0]
  if (origin === undefined) throw new Error(`The server did not get ready: ${printed.stderr}`)

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    child.kill(signal)
    return exited
  }
  return {
    origin,
    port: Number(new URL(origin).port),
    pid,
    get stdout() {
      return printed.stdout
    },
    get stderr() {
      return printed.stderr
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
    },
  }
}

/** Runs the command where it ends by itself. */
export function runCommand(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
  return run(process.execPath, [cli, ...args], { env: environment(env) })
}

/** The command line of the server, for a test that runs it under something else. */
export function commandLine(...args: string[]): string[] {
  return [process.execPath, cli, ...args]
}

/** Without what the machine may set for itself: PORT, HOST, MEDIA_DIR. */
function environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], ...env }
}
