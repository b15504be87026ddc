import type { BigIntStats } from 'node:fs'
import type { EntityTag, Validators } from '@rangekit/range-core'

/** Kernels stamp files by a clock that ticks every 1 to 10 ms: within this many, two versions may look alike. */
export const TICK = 50
/** Some file systems keep whole seconds, FAT every other one. */
const COARSE = 2000 + TICK
const SECOND = 1_000_000_000n

/** What `fileValidators` must know of a file. */
export type FileTimes = Pick<BigIntStats, 'mtimeMs' | 'mtimeNs' | 'size'>

/**
 * What tells one version of a file from another: its modification time in nanoseconds and its length, the same
 * on every machine that holds the same copy.
 *
 * The tag is strong once the file has settled. Before that it is weak and matches nothing, not even itself a moment
 * later.
 *
 * @param now when the file was looked at, in milliseconds since the epoch.
 * @param remote whether another machine's clock stamps the file.
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
 * change, a later change gets a later time; 50 ms are enough for that, and for runtimes that tell times in whole
 * milliseconds, as Deno does. Where all digits below the second are zero, the file system may keep whole or even
 * seconds only, so that takes two seconds longer. It does for remote files too: their server stamps them by a clock
 * that may differ from ours.
 *
 * Two things are beyond this: a program that sets back the time of what it changes, and two files of one length,
 * written within one tick, of which the second takes the place of the first later.
 *
 * A step of the wall clock does no harm. Files are stamped by the same clock, so a change after the step gets another
 * time than the last one. Only a clock that was set back comes by the tick of the last change again, and then the file
 * counts as just changed.
 *
 * @param now when the file was looked at, in milliseconds since the epoch: not later than it was opened.
 */
export function isSettled(file: FileTimes, now: number, remote = false): boolean {
  return settlesIn(file, now, remote) <= 0
}

/**
 * Whether a file was changed within the last two seconds, and so may well be changed again: a program that is at work on
 * it, or a user who tries things out.
 *
 * @param now as for {@link isSettled}.
 */
export function isRecent({ mtimeMs }: FileTimes, now: number): boolean {
  return Math.abs(now - Number(mtimeMs)) < COARSE
}

/**
 * How many milliseconds it takes until a file has settled, if nobody changes it; not above 0 where it has.
 *
 * @param now as for {@link isSettled}.
 */
export function settlesIn({ mtimeMs, mtimeNs }: FileTimes, now: number, remote = false): number {
  const isCoarse = remote || mtimeNs % SECOND === 0n
  return (isCoarse ? COARSE : TICK) - Math.abs(now - Number(mtimeMs))
}
