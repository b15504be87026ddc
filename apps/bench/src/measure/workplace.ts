import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { chmodSync, closeSync, openSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { makeFolder } from '@rangekit/test-kit/folder'
import { CLIENT_CORE, SERVER_CORE } from '../peers/servers.ts'
import { type Bench, FILE_NAME } from './measure.ts'
import { FILE_LENGTH } from './workloads.ts'

/**
 * Prepares a benchmark, runs it and cleans up: folders, a file of random bytes in the page cache, and the client's core
 * for this process and its children.
 *
 * @param seconds length of a measured run.
 * @throws Error on a machine with one core.
 */
export async function withBench<Result>(
  seconds: number,
  run: (bench: Bench) => Promise<Result>,
): Promise<Result> {
  // Once this process has its own core, it counts as parallel no more.
  if (cpus().length < 2) throw new Error('A benchmark needs one core for the server and one for the client')
  execFileSync('taskset', ['-a', '-c', '-p', String(CLIENT_CORE), String(process.pid)], { stdio: 'ignore' })
  using scratch = makeFolder()
  const path = scratch.put(`root/${FILE_NAME}`, randomFillSync(Buffer.alloc(FILE_LENGTH)))
  const root = dirname(path)
  for (const folder of [scratch.path, root]) chmodSync(folder, 0o755)
  const descriptor = openSync(path, 'r')
  try {
    const warn = (text: string) => process.stderr.write(`  ${text}\n`)
    const file = { descriptor, length: FILE_LENGTH }
    return await run({ root, scratch: scratch.path, seconds, file, warn })
  } finally {
    closeSync(descriptor)
  }
}

/** The machine in words. */
export function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  const hardware = `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${memory} GiB, Linux ${release()}`
  return `${hardware}; server on core ${SERVER_CORE}, client on core ${CLIENT_CORE}`
}
