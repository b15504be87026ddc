import type { BigIntStats } from 'node:fs'
import type { EntityTag, Validators } from '@rangekit/range-core'

/** Kernels stamp files by a clock that ticks every 1 to 10 ms: two changes within this many ms may look alike. */
export const TICK_MS = 50
/** Some file systems keep whole seconds, FAT only even ones. */
const COARSE_MS = 2000 + TICK_MS
const SECOND_NS = 1_000_000_000n

/** What `fileValidators` needs to know about a file. */
export type FileTimes = Pick<BigIntStats, 'mtimeMs' | 'mtimeNs' | 'size'>

/**
 * The validators of a file, made of its modification time in nanoseconds and its length: the same on every machine that
 * holds the same copy.
 *
 * The entity tag is strong once the file has settled. Before that it is weak and unique, so it matches nothing, not
 * even the tag of the same file a moment later.
 *
 * @param now when the file was checked, in milliseconds since the epoch.
 * @param remote whether another machine's clock stamps the file. Default: false.
 */
export function fileValidators(file: FileTimes, now: number, remote = false): Validators {
  const { mtimeMs, mtimeNs, size } = file
  const opaque = `${mtimeNs.toString(36)}-${size.toString(36)}`
  const etag: EntityTag = isSettled(file, now, remote)
    ? { opaque, weak: false }
    : { opaque: `${opaque}-${crypto.randomUUID()}`, weak: true }
  return { etag, lastModified: new Date(Number(mtimeMs)) }
}

/**
 * Whether the next change is sure to give the file another modification time, so that its validators may be strong
 * (9110 §8.8.1: a strong validator changes whenever the content does) and may be kept.
 *
 * The kernel stamps a change with a clock that ticks every 1 to 10 ms. Once that clock has left the tick of the last
 * change, a later change gets a later time. 50 ms are enough for that, and for runtimes that report times in whole
 * milliseconds, as Deno does. Where all digits below the second are zero, the file system may keep whole or even
 * seconds only, so the wait is two seconds longer. It is for remote files too: their server stamps them by a clock that
 * may differ from ours.
 *
 * Two cases cannot be detected: a program that sets back the time of what it changes, and two files of equal length,
 * written within one tick, the second of which replaces the first later.
 *
 * A step of the wall clock is harmless. Files are stamped by the same clock, so a change after the step gets another
 * time than the last one. Only a clock that was set back passes through the tick of the last change again, and then the
 * file counts as just changed.
 *
 * @param now when the file was checked, in milliseconds since the epoch: not later than it was opened.
 */
export function isSettled(file: FileTimes, now: number, remote = false): boolean {
  return settlesIn(file, now, remote) <= 0
}

/**
 * Whether a file was changed within the last two seconds (and a tick), and so is likely to change again: a program is
 * writing it, or a user is trying things out.
 *
 * @param now as for {@link isSettled}.
 */
export function isRecent({ mtimeMs }: FileTimes, now: number): boolean {
  return Math.abs(now - Number(mtimeMs)) < COARSE_MS
}

/**
 * In how many milliseconds a file settles if it is not changed again; 0 or less where it has settled.
 *
 * @param now as for {@link isSettled}.
 */
export function settlesIn({ mtimeMs, mtimeNs }: FileTimes, now: number, remote = false): number {
  const isCoarse = remote || mtimeNs % SECOND_NS === 0n
  return (isCoarse ? COARSE_MS : TICK_MS) - Math.abs(now - Number(mtimeMs))
}
