import { readdirSync, readFileSync } from 'node:fs'
import type { RawResponse } from '@rangekit/conformance'
import { memoryOf } from '@rangekit/test-kit/processes'
import { exchange } from '@rangekit/test-kit/raw'

/** Sends one request on a new connection, and returns the response with its framing. */
export function ask(port: number, line: string, fields: readonly string[] = []): Promise<RawResponse> {
  return exchange(port, line, fields, { timeoutMs: 5000 })
}

/** The workerd processes that this process has started and that are alive. */
export function workerdProcesses(): readonly number[] {
  return processIds().filter((pid) => {
    // pid (name) state ppid
    const [, name, state, parent] = /\((.*)\) (\S) (\d+)/s.exec(read(`/proc/${pid}/stat`)) ?? []
    return name === 'workerd' && state !== 'Z' && Number(parent) === process.pid
  })
}

/** The resident memory of all these processes in bytes. */
export function residentMemory(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + memoryOf(pid, 'VmRSS'), 0)
}

/** The processes that have an environment variable with this value, and are alive. */
export function processesWith(name: string, value: string): readonly number[] {
  return processIds().filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`${name}=${value}`))
}

function processIds(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger)
}

/** Empty if the process has ended or may not be looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
