import type { BigIntStats } from 'node:fs'

const PAGE = 4096

/** Whether a file has fewer blocks than bytes: parts of it were skipped, or are not on the disk yet. */
export function mayHaveHoles({ size, blocks }: BigIntStats): boolean {
  return blocks * 512n < size
}

/** Whether bytes of a file that may have holes look like a hole: nothing but zeros, in all of them or in a page. */
export function looksLikeHole(bytes: Uint8Array, position: number): boolean {
  if (bytes.every(isZero)) return true
  for (let at = -position & (PAGE - 1); at + PAGE <= bytes.byteLength; at += PAGE) {
    if (bytes.subarray(at, at + PAGE).every(isZero)) return true
  }
  return false
}

function isZero(byte: number): boolean {
  return byte === 0
}
