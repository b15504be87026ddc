import { type CacheEvent, type CacheListener, cachedSource, cacheStatus } from '@rangekit/block-cache'
import { type DiskBlocks, diskBlocks } from '@rangekit/block-cache/disk'
import type { RangeSource } from '@rangekit/range-core'
import { messageOf } from '../command/problem.ts'
import type { CacheFeed, CachePart } from '../inspect/cache-report.ts'
import type { SiteOptions } from '../site.ts'
import { BLOCK_SIZE, DISK, MEMORY } from './cache-flags.ts'
import type { Place } from './place.ts'
import type { PlaceFlags } from './place-flags.ts'

/** The source of a place behind a cache. */
export interface PlaceCache {
  readonly source: RangeSource
  readonly cacheFeed: CacheFeed
  /** The fields of --cache-status. */
  readonly fields: SiteOptions['fields']
  /** Writes what is waiting for the disk. */
  close(): Promise<void>
}

/**
 * Puts a cache in front of a place.
 *
 * @param processes how many share the options: each has a part of the memory, and of the disk.
 */
export async function openCache(place: Place, flags: PlaceFlags, processes: number): Promise<PlaceCache> {
  const { cacheMemory = MEMORY } = flags
  const listeners = new Set<(part: CachePart) => void>()
  const store = await openDisk(flags, processes)
  const source = cachedSource(place.source, {
    blockSize: BLOCK_SIZE,
    memory: Math.floor(cacheMemory / processes),
    ...(store && { store, scope: place.scope }),
    onEvent: onceFaults((event) => {
      const part = listeners.size > 0 ? partOf(event) : undefined
      if (part !== undefined) for (const listener of listeners) listener(part)
    }),
  })
  return {
    source,
    cacheFeed: (listener) => void listeners.add(listener),
    fields: flags.cacheStatus ? (request, _, found) => cacheStatus(request, found) : undefined,
    close: async () => store?.close(),
  }
}

async function openDisk(flags: PlaceFlags, shares: number): Promise<DiskBlocks | undefined> {
  const { cacheDir: dir, cacheSize: maxBytes = DISK } = flags
  if (dir === undefined) return undefined
  const onFault = (error: unknown) => {
    console.error(`rangekit: nothing is kept in ${dir} for now (${messageOf(error)})`)
  }
  return diskBlocks({ dir, maxBytes, shares, onFault })
}

/** What the cache has handed out, or fetched. */
function partOf(event: CacheEvent): CachePart | undefined {
  switch (event.kind) {
    case 'hit': {
      const { key, block, bytes } = event
      const firstPos = block * BLOCK_SIZE
      return { key, from: 'cache', bytes, range: [firstPos, firstPos + BLOCK_SIZE - 1] }
    }
    case 'fetch': {
      const { key, blocks, bytes } = event
      const firstPos = blocks[0] * BLOCK_SIZE
      return bytes > 0 ? { key, from: 'origin', bytes, range: [firstPos, firstPos + bytes - 1] } : undefined
    }
    case 'evict':
    case 'fault':
      return undefined
  }
}

/** Reports the first fault of a cache on the console: it goes on without what has failed. */
function onceFaults(listener: CacheListener): CacheListener {
  let isReported = false
  return (event) => {
    if (event.kind === 'fault' && !isReported) {
      isReported = true
      console.error(`rangekit: the cache has a fault (${messageOf(event.error)})`)
    }
    listener(event)
  }
}
