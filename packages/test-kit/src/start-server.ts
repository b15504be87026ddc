import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { endGroup, start } from './processes.ts'
import { type CommandLine, RUNTIMES, type RuntimeName } from './runtimes.ts'

/** A server in another process. Disposing of it kills it. */
export interface StartedServer extends AsyncDisposable {
  readonly origin: string
  readonly port: number
  readonly pid: number
  /** Everything printed so far. */
  readonly stdout: string
  /** Everything printed so far. */
  readonly stderr: string
  /** Sends a signal and waits for the end: the exit code, or `null` if the signal killed it. Default: SIGTERM. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface StartOptions {
  /** Replaces the environment of this process, except PATH and HOME. */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** Default: that of this process. */
  readonly cwd?: string | undefined
  /** Starts it as the leader of a process group, which ends as one: for a wrapper command. Default: false. */
  readonly detached?: boolean | undefined
}

/** Starts the `rangekit` command on a runtime and a free port, and waits for its ready line. */
export function startServer(
  name: RuntimeName,
  dir: string,
  ...flags: readonly string[]
): Promise<StartedServer> {
  return startCommand([...RUNTIMES[name], dir, '--port', '0', ...flags])
}

/**
 * The same with any command line.
 *
 * @throws Error with its stderr if the process ends without a ready line.
 */
export async function startCommand(
  [file, ...args]: CommandLine,
  { env, cwd, detached = false }: StartOptions = {},
): Promise<StartedServer> {
  const options = { env: environment(env), cwd, detached }
  const child = start(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
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

/** Node keeps there what it has made of the sources, and starts in half the time. */
const NODE_COMPILE_CACHE = resolve(import.meta.dirname, '../../../node_modules/.cache/node')

/** An environment that does not inherit PORT, HOST and MEDIA_DIR from this process. */
export function environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_COMPILE_CACHE, ...env }
}

async function readOrigin(stdout: NodeJS.ReadableStream): Promise<string | undefined> {
  const lines = createInterface(stdout)
  return new Promise((resolve) => {
    lines
      .on('line', (line) => {
        const origin = /^Rangekit is serving .+ at (https?:\/\/\S+)\/$/.exec(line)?.[1]
        if (origin !== undefined) resolve(origin)
      })
      .once('close', () => resolve(undefined))
  })
}
