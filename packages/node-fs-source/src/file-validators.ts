import type { BigIntStats } from 'node:fs'
import type { EntityTag, Validators } from '@rangekit/range-core'

/** A file that changed less than this long ago might change again and keep its times, in milliseconds. */
const SETTLING = 1000
/** Kernels stamp files by a clock that ticks every few milliseconds: within a tick, two versions look alike. */
const TICK = 50

/**
 * What tells one version of a file from another: its modification time in nanoseconds and its length, the same
 * on every machine that holds the same copy.
 *
 * The tag is weak while the file was changed within the last second (RFC 9110 §8.8.1: a strong one promises
 * that no two versions share it). Within the tick of the clock that stamped it the tag matches nothing, not
 * even itself a moment later.
 *
 * @param now milliseconds since the epoch.
 */
export function fileValidators({ mtimeNs, mtimeMs, size }: BigIntStats, now: number): Validators {
  const age = Math.abs(now - Number(mtimeMs))
  const opaque = `${mtimeNs.toString(36)}-${size.toString(36)}`
  return { etag: tagAtAge(opaque, age, hasCoarseTime(mtimeNs)), lastModified: new Date(Number(mtimeMs)) }
}

/** Whether validators of these stats may be kept: the file has not changed for a while. */
export function isSettled({ mtimeMs }: BigIntStats, now: number): boolean {
  return Math.abs(now - Number(mtimeMs)) >= 2 * SETTLING
}

function tagAtAge(opaque: string, age: number, coarse: boolean): EntityTag {
  if (age < (coarse ? SETTLING : TICK)) return { opaque: `${opaque}-${crypto.randomUUID()}`, weak: true }
  return { opaque, weak: age < SETTLING }
}

/** Some file systems keep whole seconds only. */
function hasCoarseTime(mtimeNs: bigint): boolean {
  return mtimeNs % 1_000_000_000n === 0n
}
