import { accessSync, constants, mkdirSync } from 'node:fs'
import { type CacheEvent, type CacheListener, cachedSource } from '@rangekit/block-cache'
import { type DiskBlocks, diskBlocks } from '@rangekit/block-cache/disk'
import type { RangeSource } from '@rangekit/range-core'
import { describeSize } from '../command/size.ts'
import type { CacheFeed, CachePart } from '../inspect/cache-report.ts'
import { messageOf } from './origin-problem.ts'
import type { Place } from './place.ts'
import type { PlaceFlags } from './place-flags.ts'

/** The source of a place behind a cache. */
export interface PlaceCache {
  readonly source: RangeSource
  readonly cacheFeed: CacheFeed
  /** Writes what is waiting for the disk. */
  close(): Promise<void>
}

const MIB = 1024 * 1024
const BLOCK_SIZE = MIB
const MEMORY = 256 * MIB
const DISK = 10 * 1024 * MIB

/** Where repeats come from, for people; `undefined` where nothing is kept. */
export function describeCache({ isRemote }: Place, flags: PlaceFlags): string | undefined {
  const { cacheMemory = MEMORY, cacheDir, cacheSize = DISK } = flags
  const places = [
    ...(cacheMemory > 0 ? [`${describeSize(cacheMemory)} in memory`] : []),
    ...(cacheDir === undefined ? [] : [`${describeSize(cacheSize)} in ${cacheDir}`]),
  ]
  return isRemote && places.length > 0 ? places.join(', ') : undefined
}

/**
 * Why the cache would keep nothing; `undefined` if it will.
 *
 * @param processes how many share it.
 */
export function cacheProblem(flags: PlaceFlags, processes: number): string | undefined {
  const { cacheMemory = 0, cacheDir, cacheSize = DISK } = flags
  const least = 2 * BLOCK_SIZE * processes
  if (cacheMemory > 0 && cacheMemory < least) {
    return `--cache-memory is too small for blocks of 1 MiB; name 0, or at least ${describeSize(least)}`
  }
  if (cacheDir === undefined) return undefined
  if (cacheSize < least) {
    return `--cache-size is too small for blocks of 1 MiB; name at least ${describeSize(least)}`
  }
  try {
    mkdirSync(cacheDir, { recursive: true })
    accessSync(cacheDir, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `the cache folder ${cacheDir} cannot be used (${messageOf(error)})`
  }
}

/**
 * Puts a cache in front of a place.
 *
 * @param processes how many share the options: each has a part of the memory, and of the disk.
 * @returns `undefined` for a folder, and where nothing is to be kept.
 */
export async function openCache(
  place: Place,
  flags: PlaceFlags,
  processes: number,
): Promise<PlaceCache | undefined> {
  if (describeCache(place, flags) === undefined) return undefined
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
