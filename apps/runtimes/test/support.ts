import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type CommandLine, RUNTIMES, type RuntimeName } from '../src/runtimes.ts'

export interface StartedServer {
  readonly origin: string
  readonly port: number
  readonly process: ChildProcess
  stop(): Promise<number | null>
}

/** Starts the real server on a runtime and waits for its ready line. */
export async function startServer(
  name: RuntimeName,
  dir: string,
  ...flags: string[]
): Promise<StartedServer> {
  const [file, ...args]: CommandLine = RUNTIMES[name]
  const child = spawn(file, [...args, dir, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit').then(([code]: (number | null)[]) => code ?? null)
  const ready = (async () => {
    for await (const line of createInterface(child.stdout)) {
      const port = /^Rangekit is serving .+ at http:\/\/127\.0\.0\.1:(\d+)\/$/.exec(line)?.[1]
      if (port !== undefined) return Number(port)
    }
    throw new Error(`${name} ended without its ready line`)
  })()
  const port = await ready
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

/** Bytes that show their own position: each four say how many fours came before. */
export function positionBytes(length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let index = 0; index < words.length; index++) words[index] = index
  return new Uint8Array(words.buffer, 0, length)
}

export const LARGE = 5 * 1024 ** 3

/** A folder with a file to judge by, one of 64 MiB and a sparse one of 5 GiB; all long unchanged. */
export function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'rangekit-runtimes-'))
  const old = new Date('2024-05-06T07:08:09.123Z')
  writeFileSync(join(dir, 'judged.bin'), positionBytes(100_000))
  writeFileSync(join(dir, 'medium.bin'), positionBytes(64 * 1024 * 1024))
  writeFileSync(join(dir, 'large.bin'), '')
  truncateSync(join(dir, 'large.bin'), LARGE)
  for (const name of ['judged.bin', 'medium.bin', 'large.bin']) utimesSync(join(dir, name), old, old)
  return dir
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
