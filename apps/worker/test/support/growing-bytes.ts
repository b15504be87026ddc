/** Bytes of everything that the Worker of these tests serves in the end, and those that are there at once. */
export const LENGTH = 300_000
export const THERE = 100_000

/** The bytes of a range, which differ by position. */
export function growingBytes(firstPos: number, lastPos: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: lastPos - firstPos + 1 }, (_, index) => {
    const position = firstPos + index
    return position * 7 + (position >> 8) * 13
  })
}
