import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type CommandLine, RUNTIMES, type RuntimeName } from './runtimes.ts'

export interface StartedServer {
  readonly origin: string
  readonly port: number
  readonly process: ChildProcess
  /** Resolves to the exit code. */
  stop(): Promise<number | null>
}

/** Starts the real server on a runtime, on a free port, and waits for its ready line. */
export async function startServer(
  name: RuntimeName,
  dir: string,
  ...flags: readonly string[]
): Promise<StartedServer> {
  const [file, ...args]: CommandLine = RUNTIMES[name]
  const child = spawn(file, [...args, dir, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null)
  const port = await readPort(child)
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    process: child,
    stop() {
      child.kill('SIGTERM')
      return exited
    },
  }
}

async function readPort({ stdout }: { readonly stdout: NodeJS.ReadableStream }): Promise<number> {
  for await (const line of createInterface(stdout)) {
    const port = /^Rangekit is serving .+ at http:\/\/127\.0\.0\.1:(\d+)\/$/.exec(line)?.[1]
    if (port !== undefined) return Number(port)
  }
  throw new Error('The server ended without its ready line')
}
