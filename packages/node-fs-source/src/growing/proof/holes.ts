import type { BigIntStats } from 'node:fs'

const PAGE = 4096

/** Whether a file has fewer blocks than bytes: parts of it were skipped, or are not on the disk yet. */
export function mayHaveHoles({ size, blocks }: Pick<BigIntStats, 'size' | 'blocks'>): boolean {
  return blocks * 512n < size
}

/** Whether bytes of a file that may have holes look like one: they are zeros, as far as they are in one page. */
export function looksLikeHole(bytes: Uint8Array, position: number): boolean {
  for (let start = 0; start < bytes.byteLength; ) {
    const end = start + PAGE - ((position + start) % PAGE)
    if (bytes.subarray(start, end).every((byte) => byte === 0)) return true
    start = end
  }
  return false
}
