import { readdirSync, readFileSync } from 'node:fs'
import { Counter, Gauge, type Registry } from '@prometheus-io/client'

/** Linux shows the descriptors of a process here. */
const DESCRIPTORS = '/proc/self/fd'

/**
 * Measures this process, under the names that Prometheus recommends. The collectors of the client are for Node: this one
 * asks only what Node, Bun and Deno all have.
 */
export function processMetrics(registry: Registry): void {
  const registers = [registry]
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time spent, user and system.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value())
      },
    })
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage().rss)
  gauge(
    'process_heap_bytes',
    'Memory in use on the heap of JavaScript.',
    () => process.memoryUsage().heapUsed,
  )
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, in seconds since 1970.',
    aggregator: 'min',
    registers,
  }).set(performance.timeOrigin / 1000)
  const limit = descriptorLimit()
  if (limit === undefined) return
  gauge('process_open_fds', 'Open file descriptors.', () => readdirSync(DESCRIPTORS).length)
  gauge('process_max_fds', 'The most file descriptors that may be open.', () => limit)
}

/** How many descriptors this process may have; `undefined` where the system does not say. */
function descriptorLimit(): number | undefined {
  try {
    readdirSync(DESCRIPTORS)
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? undefined : Number(soft)
  } catch {
    return undefined
  }
}
