import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { text } from 'node:stream/consumers'

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) endGroup(child)
})

/** Kills a process, and its children if it was started `detached`: a tracer leaves them behind. */
export function endGroup(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? Number.NaN), 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Starts a process that is killed when this one exits, whatever the test does. */
export function start(file: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(file, args, options)
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

/** The output and exit code of a command. */
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

/** The resident memory of a process in bytes: `VmRSS` is the present value, `VmHWM` the highest so far. */
export function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? []
  return Number(kibibytes) * 1024
}

/** The processes that a process has started and that are alive. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}

/** What a process has open whose name begins with a text: a folder's path, or `socket:`. */
export function openBelow(pid: number, prefix: string): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/${pid}/fd/${fd}`)
      return target.startsWith(prefix) ? [target] : []
    } catch {
      // Closed in the meantime.
      return []
    }
  })
}
