import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import manifest from '../../package.json' with { type: 'json' }
import type { CachePart } from '../inspect/cache-report.ts'

/** What a server has at the moment. */
export interface ServerState {
  /** Connections of clients. */
  connections(): number
  /** Files that are open; `undefined` where no files are served. */
  readonly openFiles?: (() => number) | undefined
}

/** Measures what this process serves with. */
export function serverMetrics(registry: Registry, { connections, openFiles }: ServerState): void {
  const registers = [registry]
  new Gauge({
    name: 'rangekit_build_info',
    help: 'Always 1; its labels say what runs.',
    labelNames: ['version', 'runtime', 'runtime_version'],
    aggregator: 'max',
    registers,
  }).set({ version: manifest.version, ...runtime() }, 1)
  new Gauge({
    name: 'rangekit_serving_processes',
    help: 'Processes that answer requests.',
    registers,
  }).set(1)
  new Gauge({
    name: 'rangekit_connections',
    help: 'Open connections.',
    registers,
    collect() {
      this.set(connections())
    },
  })
  if (openFiles === undefined) return
  new Gauge({
    name: 'rangekit_open_files',
    help: 'Open files of the folder, those included that stay open for the next request.',
    registers,
    collect() {
      this.set(openFiles())
    },
  })
}

/** Measures a cache. Returns what is to be called for each part that it hands out or fetches. */
export function cacheMetrics(registry: Registry): (part: CachePart) => void {
  const labelNames = ['from'] as const
  const registers = [registry]
  const reads = new Counter({
    name: 'rangekit_cache_reads_total',
    help: 'Blocks that came from the cache, and fetches from the origin.',
    labelNames,
    registers,
  })
  const bytes = new Counter({
    name: 'rangekit_cache_read_bytes_total',
    help: 'Bytes that came from the cache, and bytes that were fetched from the origin.',
    labelNames,
    registers,
  })
  // A rate needs a sample from before the first read.
  for (const from of ['cache', 'origin'] satisfies CachePart['from'][]) {
    reads.inc({ from }, 0)
    bytes.inc({ from }, 0)
  }
  return ({ from, bytes: count }) => {
    reads.inc({ from })
    bytes.inc({ from }, count)
  }
}

function runtime(): { readonly runtime: string; readonly runtime_version: string } {
  const { bun, deno, node } = process.versions
  if (deno !== undefined) return { runtime: 'deno', runtime_version: deno }
  if (bun !== undefined) return { runtime: 'bun', runtime_version: bun }
  return { runtime: 'node', runtime_version: node }
}
