// What of the processor a server used, and whether it and its client had their cores to themselves.
import { readFileSync } from 'node:fs'

/**
 * Watches cores while a server works there, and this process and what it runs.
 *
 * @returns a function that tells how much other programs, and the host of a virtual machine, had of the cores since
 * then: 1 is one core all the time.
 */
export function watchCores(cores: readonly number[], server: readonly number[]): () => number {
  const foreign = () => busyTicks(cores) - ownTicks(server)
  const begin = foreign()
  const from = performance.now()
  return () => {
    // Linux counts a hundred a second.
    const passed = (performance.now() - from) / 10
    return Math.max(0, (foreign() - begin) / passed)
  }
}

function busyTicks(cores: readonly number[]): number {
  const text = readFileSync('/proc/stat', 'utf8')
  const busy = cores.map((core) => {
    const line = new RegExp(`^cpu${core} .*`, 'm').exec(text)?.[0] ?? ''
    // user, nice, system, idle, iowait, irq, softirq, steal. Interrupts are the network, on loopback our own.
    const [, user = 0, nice = 0, system = 0, , , , , stolen = 0] = line.split(' ').map(Number)
    return user + nice + system + stolen
  })
  return sum(busy)
}

/** Seconds that processes have computed, without the interrupts that they cause. */
export function cpuSeconds(pids: readonly number[]): number {
  return sum(pids.flatMap((pid) => times(pid).slice(0, 2))) / 100
}

function ownTicks(server: readonly number[]): number {
  // utime and stime of the server; here, cutime and cstime too: wrk's.
  return sum([...server.flatMap((pid) => times(pid).slice(0, 2)), ...times(process.pid)])
}

/** utime, stime, cutime and cstime of a process. */
function times(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may have spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).map(Number)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
