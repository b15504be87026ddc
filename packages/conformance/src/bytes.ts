// Comparing bytes that were sent with what is known of the representation.
import type { ByteRange } from './byteranges.ts'
import type { Learned } from './learned.ts'

/** The position of the first byte that is known and different, or undefined. */
export function firstDifference(bytes: Buffer, firstPos: number, { samples }: Learned): number | undefined {
  for (const sample of samples) {
    const from = Math.max(firstPos, sample.firstPos)
    const to = Math.min(firstPos + bytes.length, sample.firstPos + sample.bytes.length)
    if (from >= to) continue
    const sent = bytes.subarray(from - firstPos, to - firstPos)
    const known = sample.bytes.subarray(from - sample.firstPos, to - sample.firstPos)
    if (!sent.equals(known)) return from + sent.findIndex((byte, index) => byte !== known[index])
  }
  return undefined
}

/** Sorted, with overlapping and adjacent ranges joined. */
export function union(ranges: readonly ByteRange[]): ByteRange[] {
  const joined: ByteRange[] = []
  for (const range of ranges.toSorted((a, b) => a.firstPos - b.firstPos)) {
    const before = joined.at(-1)
    if (before !== undefined && range.firstPos <= before.lastPos + 1) {
      joined[joined.length - 1] = { ...before, lastPos: Math.max(before.lastPos, range.lastPos) }
    } else joined.push(range)
  }
  return joined
}

export function covers(ranges: readonly ByteRange[], { firstPos, lastPos }: ByteRange): boolean {
  return union(ranges).some((range) => range.firstPos <= firstPos && range.lastPos >= lastPos)
}
