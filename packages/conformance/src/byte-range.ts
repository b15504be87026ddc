/** The first and last position of some bytes, both inclusive (9110 §14.1.2). */
export interface ByteRange {
  /** Zero-based position of the first byte. */
  readonly firstPos: number
  /** Position of the last byte. */
  readonly lastPos: number
}

/** Reads a range as vectors write it: `0-499`. */
export function parseByteRange(text: string): ByteRange {
  const [firstPos, lastPos] = text.split('-')
  return { firstPos: Number(firstPos), lastPos: Number(lastPos) }
}

/** Writes a range as vectors write it: `0-499`. */
export function formatByteRange({ firstPos, lastPos }: ByteRange): string {
  return `${firstPos}-${lastPos}`
}

/** Joins ranges that overlap or touch; the result ascends. */
export function joinRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const joined: ByteRange[] = []
  for (const range of ranges.toSorted((a, b) => a.firstPos - b.firstPos)) {
    const previous = joined.at(-1)
    if (previous !== undefined && range.firstPos <= previous.lastPos + 1) {
      joined[joined.length - 1] = { ...previous, lastPos: Math.max(previous.lastPos, range.lastPos) }
    } else joined.push(range)
  }
  return joined
}

/** Whether the ranges together contain every byte of `range`. */
export function covers(ranges: readonly ByteRange[], { firstPos, lastPos }: ByteRange): boolean {
  return joinRanges(ranges).some((range) => range.firstPos <= firstPos && range.lastPos >= lastPos)
}
