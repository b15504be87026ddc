import { writeFileSync } from 'node:fs'
import { memoryOf } from '@rangekit/test-kit/processes'
import { download } from './download.ts'
import type { Finding, Ground } from './ground.ts'

const NAME = 'large.bin'
const MIB = 1024 * 1024

export interface MemoryVerdict {
  readonly findings: readonly Finding[]
  /** Bytes of resident memory that the download added at most. */
  readonly growth: number
}

export interface MemoryOptions {
  /** Length of the file in bytes. Default: 2 GiB. */
  readonly length?: number
  /** Most bytes of resident memory that the download may add. Default: 150 MiB. */
  readonly limit?: number
}

/** Whether a large body is sent in constant memory, and all of it. */
export async function judgeMemory(
  ground: Ground,
  { length = 2048 * MIB, limit = 150 * MIB }: MemoryOptions = {},
): Promise<MemoryVerdict> {
  // A server that has just started grows with its first body, however long it is.
  ground.media.putSparse('warm-up.bin', 64 * MIB)
  await download(new URL('warm-up.bin', ground.url))
  ground.media.putSparse(NAME, length)
  const idle = startPeaks(ground)
  const { status, received, ending } = await download(new URL(NAME, ground.url))
  const growth = sum(ground.processes().map((pid) => memoryOf(pid, 'VmHWM'))) - idle
  const findings: Finding[] = []
  if (status !== 200 || ending !== 'complete' || received !== length) {
    findings.push({ what: 'incomplete', detail: `${status}, ${received} of ${length} bytes, ${ending}` })
  }
  if (growth > limit) findings.push({ what: 'grows', detail: `by ${Math.round(growth / MIB)} MiB` })
  return { findings, growth }
}

/** Makes the kernel record peaks of resident memory anew. Returns the present memory in bytes. */
function startPeaks({ processes }: Ground): number {
  const pids = processes()
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
  return sum(pids.map((pid) => memoryOf(pid, 'VmRSS')))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
