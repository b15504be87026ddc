import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { text } from 'node:stream/consumers'

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) endGroup(child)
})

/** Ends a process, and what it started itself where it was started `detached`: a tracer leaves that behind. */
export function endGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Starts a process that ends with this one at the latest, whatever becomes of the test. */
export function start(file: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(file, args, options)
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

/** What a command printed, and how it ended. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. */
export async function run(
  file: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Finished> {
  const child = start(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream === null ? '' : text(stream))),
  )
  await closed
  return { code: child.exitCode, stdout: stdout ?? '', stderr: stderr ?? '' }
}

/** A process's resident memory in bytes: `VmRSS` now, `VmHWM` at most so far. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
  return Number(kibibytes) * 1024
}

/** What a process has open below a folder. */
export function openBelow(pid: number, folder: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`)
      return target.startsWith(folder) ? [target] : []
    } catch {
      // Closed in the meantime.
      return []
    }
  })
}
