/**
 * The control file that aria2 keeps next to a file while it downloads it: `NAME.aria2` for `NAME`. Integers are
 * big-endian in version 1; version 0, in the order of the machine, is not read.
 *
 *     version(2) extension(4) info-hash-length(4) info-hash piece-length(4) total-length(8) upload-length(8)
 *     bitfield-length(4) bitfield pieces-in-flight(4) *( index(4) length(4) bitfield-length(4) bitfield )
 *
 * A bit stands for a piece, the highest bit of the first byte for the first one. In the bitfield of a piece that is in
 * flight it stands for a block of 16 KiB.
 */
import type { GrowthFacts } from '../growing-options.ts'

const BLOCK = 16 * 1024

/**
 * What a control file says of its download.
 *
 * @returns `undefined` if it is damaged, or of another version.
 */
export function readAria2Control(bytes: Uint8Array): GrowthFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (view.getUint16(0) !== 1) return undefined
    let at = 10 + view.getUint32(6)
    const pieceLength = view.getUint32(at)
    const completeLength = Number(view.getBigUint64(at + 4))
    const bitfieldLength = view.getUint32(at + 20)
    at += 24
    const pieces = leadingBits(bytes.subarray(at, at + bitfieldLength))
    at += bitfieldLength
    let frontier = pieces * pieceLength
    // The piece after the last one in sequence may be there in part.
    for (let inFlight = view.getUint32(at), next = at + 4; inFlight > 0; inFlight--) {
      const [index, length] = [view.getUint32(next), view.getUint32(next + 8)]
      if (index === pieces) frontier += leadingBits(bytes.subarray(next + 12, next + 12 + length)) * BLOCK
      next += 12 + length
    }
    // Of an unknown length, it is 0.
    if (!Number.isSafeInteger(completeLength) || completeLength === 0 || pieceLength === 0) return undefined
    return { completeLength, frontier: Math.min(frontier, completeLength) }
  } catch {
    // A RangeError of the view: it ends too early.
    return undefined
  }
}

/** How many bits are set before the first one that is not. */
function leadingBits(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) {
    const inByte = Math.clz32((~byte & 0xff) << 24)
    count += Math.min(inByte, 8)
    if (inByte < 8) break
  }
  return count
}
