import { readFileSync } from 'node:fs'

/** The kernel counts processor time in ticks. */
const TICKS_PER_SECOND = 100

/**
 * Watches cores while a server works there, and this process with its children.
 *
 * @param server process ids of the server.
 * @returns a function that gives how much of the cores other programs and the host of a virtual machine have used
 * since: 1 is one core all the time.
 */
export function watchCores(cores: readonly number[], server: readonly number[]): () => number {
  const foreign = () => busyTicks(cores) - ownTicks(server)
  const begin = foreign()
  const started = performance.now()
  return () => {
    const passed = ((performance.now() - started) / 1000) * TICKS_PER_SECOND
    return Math.max(0, (foreign() - begin) / passed)
  }
}

function busyTicks(cores: readonly number[]): number {
  const text = readFileSync('/proc/stat', 'utf8')
  const busy = cores.map((core) => {
    const line = new RegExp(`^cpu${core} .*`, 'm').exec(text)?.[0] ?? ''
    // user, nice, system, idle, iowait, irq, softirq, steal. Interrupts are the network; on loopback, our own traffic.
    const [, user = 0, nice = 0, system = 0, , , , , stolen = 0] = line.split(' ').map(Number)
    return user + nice + system + stolen
  })
  return sum(busy)
}

/** Processor time of processes so far, in seconds, without the network interrupts that they cause. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(pids.flatMap((pid) => ticksOf(pid).slice(0, 2))) / TICKS_PER_SECOND
}

function ownTicks(server: readonly number[]): number {
  // Of the server, utime and stime; of this process also cutime and cstime, which are wrk's.
  return sum([...server.flatMap((pid) => ticksOf(pid).slice(0, 2)), ...ticksOf(process.pid)])
}

/** utime, stime, cutime and cstime of a process. */
function ticksOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in parentheses may have spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).map(Number)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
