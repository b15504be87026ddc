import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RawOptions, type RawResponse, rawExchange } from '@rangekit/conformance'

/** One request on a connection of its own, as it stands on the wire. */
export function ask(
  port: number,
  line: string,
  fields: readonly string[] = [],
  options: RawOptions = {},
): Promise<RawResponse> {
  const head = [`${line} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close', ...fields]
  return rawExchange({ host: '127.0.0.1', port }, `${head.join('\r\n')}\r\n\r\n`, options)
}

/** A folder of its own, and how to remove it. */
export async function temporaryFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'rangekit-worker-'))
  return { path, remove: () => rm(path, { recursive: true, maxRetries: 5, retryDelay: 100 }) }
}

/** The workerd processes that this process has started and that are alive. */
export function workerdProcesses(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      // pid (name) state ppid
      const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(read(`/proc/${pid}/stat`)) ?? []
      return name === 'workerd' && state !== 'Z' && Number(parent) === process.pid
    })
    .map(Number)
}

/** The bytes of memory that they hold. */
export function residentMemory(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const [, kibibytes] = /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`)) ?? []
    return sum + Number(kibibytes ?? 0) * 1024
  }, 0)
}

/** The processes that inherited a variable of the environment and are alive. */
export function processesWith(name: string, value: string): readonly number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))
    .map(Number)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
