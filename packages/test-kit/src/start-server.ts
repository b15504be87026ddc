import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { endGroup, start } from './processes.ts'
import { type CommandLine, RUNTIMES, type RuntimeName } from './runtimes.ts'

/** A server in a process of its own. */
export interface StartedServer extends AsyncDisposable {
  readonly origin: string
  readonly port: number
  readonly pid: number
  /** All that was printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Sends a signal, SIGTERM by default, and resolves to the exit code; without one where the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface StartOptions {
  /** Instead of this process's own, but for PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Whether it leads a group of processes, which then ends as one: for a command that starts the server. */
  readonly detached?: boolean | undefined
}

/** Starts the real server on a runtime, on a free port, and waits for its ready line. */
export function startServer(
  name: RuntimeName,
  dir: string,
  ...flags: readonly string[]
): Promise<StartedServer> {
  return startCommand([...RUNTIMES[name], dir, '--port', '0', ...flags])
}

/** The same with the whole command line in the caller's hand. */
export async function startCommand(
  [file, ...args]: CommandLine,
  { env, detached = false }: StartOptions = {},
): Promise<StartedServer> {
  const child = start(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment(env), detached })
  const { pid, stdout: out, stderr: err } = child
  if (pid === undefined || out === null || err === null) throw new Error(`${file} did not start`)
  const exited = once(child, 'exit').then(() => child.exitCode)
  const printed = { stdout: '', stderr: '' }
  out.on('data', (chunk) => {
    printed.stdout += chunk
  })
  err.on('data', (chunk) => {
    printed.stderr += chunk
  })
  const origin = await readOrigin(out)
  if (origin === undefined) throw new Error(`The server ended without its ready line: ${printed.stderr}`)

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
      if (detached) endGroup(child)
      await stop('SIGKILL')
    },
  }
}

/** Without what the machine may set for itself: PORT, HOST, MEDIA_DIR. */
export function environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env }
}

async function readOrigin(stdout: NodeJS.ReadableStream): Promise<string | undefined> {
  const lines = createInterface(stdout)
  return new Promise((resolve) => {
    lines
      .on('line', (line) => {
        const origin = /^Rangekit is serving .+ at (http:\/\/\S+)\/$/.exec(line)?.[1]
        if (origin !== undefined) resolve(origin)
      })
      .once('close', () => resolve(undefined))
  })
}
