// Where a bench runs: the test file in the page cache, the client's core, the machine in words.
import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './measure.ts'
import { clientCore, serverCore } from './servers.ts'
import { fileLength } from './works.ts'

/** Makes the folders and a file of random bytes; ties this process, and wrk below it, to the client's core. */
export async function withBench<Result>(
  seconds: number,
  run: (bench: Bench) => Promise<Result>,
): Promise<Result> {
  if (availableParallelism() < 2) throw new Error('needs a core for the server and one for the client')
  execFileSync('taskset', ['-a', '-c', '-p', String(clientCore), String(process.pid)], { stdio: 'ignore' })
  const scratch = await mkdtemp(join(tmpdir(), 'rangekit-bench-'))
  const root = join(scratch, 'root')
  try {
    await mkdir(root)
    await Promise.all([chmod(scratch, 0o755), chmod(root, 0o755)])
    const path = join(root, 'file.bin')
    await writeFile(path, randomFillSync(Buffer.alloc(fileLength)))
    // The validators of a file that has just changed are weak for a while (9110 §8.8.2.2), and heads grow by them.
    const modified = new Date(Date.now() - 24 * 60 * 60 * 1000)
    await utimes(path, modified, modified)
    const descriptor = openSync(path, 'r')
    try {
      const warn = (text: string) => process.stderr.write(`  ${text}\n`)
      return await run({ root, scratch, seconds, file: { descriptor, length: fileLength }, warn })
    } finally {
      closeSync(descriptor)
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

export function machine(): string {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 1024 ** 3)
  return `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${memory} GiB, Linux ${release()}; server on core ${serverCore}, client on core ${clientCore}`
}
