/** What is said of a file that is still being written. The server and the pages use this. */
import type { Growing } from '../library/protocol.ts'
import { formatSize } from './format.ts'

/**
 * How much of it is there, in whole percent; `undefined` if its final length is unknown.
 *
 * @example
 * percentOf({ frontier: 999, completeLength: 1000 }) // 99: all of it is there when it is complete
 */
export function percentOf({ frontier, completeLength }: Growing): number | undefined {
  if (completeLength === undefined) return undefined
  return completeLength === 0 ? 0 : Math.min(99, Math.floor((100 * frontier) / completeLength))
}

/** The same in words, for those who do not see a picture of it. */
export function describeGrowing(growing: Growing): string {
  const percent = percentOf(growing)
  return percent === undefined ? 'Still being written' : `${percent}% downloaded`
}

/**
 * Its size.
 *
 * @example
 * formatGrowing({ frontier: 420_000_000, completeLength: 1_000_000_000 }) // '420 MB of 1.00 GB'
 */
export function formatGrowing({ frontier, completeLength }: Growing): string {
  const there = formatSize(frontier)
  return completeLength === undefined ? `${there} so far` : `${there} of ${formatSize(completeLength)}`
}

/** How much of a ring is drawn, as `stroke-dasharray` of a line whose length counts as 100. */
export function dashesOf(growing: Growing): string {
  return `${percentOf(growing) ?? 25} 100`
}

/** The same in a sentence. */
export function sentenceOf(growing: Growing): string {
  const percent = percentOf(growing)
  return percent === undefined
    ? `Still being written: ${formatGrowing(growing)}.`
    : `${percent}% is there: ${formatGrowing(growing)}. The rest is still on its way.`
}
