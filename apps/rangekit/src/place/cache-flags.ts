import { accessSync, constants } from 'node:fs'
import { makeFolder } from '../command/make-folder.ts'
import { messageOf } from '../command/problem.ts'
import { describeSize } from '../command/values/size.ts'
import type { Place } from './place.ts'
import type { PlaceFlags } from './place-flags.ts'

const MIB = 1024 * 1024
export const BLOCK_SIZE = MIB
/** The defaults of --cache-memory and --cache-size. */
export const MEMORY = 256 * MIB
export const DISK = 10 * 1024 * MIB

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
    makeFolder(cacheDir)
    accessSync(cacheDir, constants.R_OK | constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return `the cache folder ${cacheDir} cannot be used (${messageOf(error)})`
  }
}
