import { type ByteRange, byteLength, isOpenEnded, type RangeBytes, type Segment } from '@rangekit/range-core'
import type { OpenRepresentation } from './open-representation.ts'

/**
 * The bytes of segments, in order, in pieces.
 *
 * @param first the bytes of the first range, if they were read ahead.
 * @throws Error if the source gives fewer or more bytes than a range has.
 */
export async function* readSegments(
  segments: readonly Segment[],
  representation: OpenRepresentation,
  first?: RangeBytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  let ahead = first
  for (const segment of segments) {
    if (segment.kind === 'bytes') {
      yield segment.bytes
    } else {
      const bytes = ahead ?? (await representation.read(segment.range))
      ahead = undefined
      yield* readRange(segment.range, bytes, representation)
    }
  }
  return undefined
}

/**
 * What was read of a range, in pieces, and no byte past its end.
 *
 * @throws Error if it is not as long as the range.
 */
export async function* readRange(
  range: ByteRange,
  bytes: RangeBytes,
  representation: OpenRepresentation,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (bytes instanceof Uint8Array) return yield exactBytes(range, bytes)
  const reader = (bytes instanceof Blob ? bytes.stream() : bytes).getReader()
  let missing = byteLength(range)
  try {
    for (;;) {
      representation.throwIfEnded()
      const { done, value } = await reader.read()
      if (done) break
      missing -= value.byteLength
      if (missing < 0) break
      yield value as Uint8Array<ArrayBuffer>
    }
    // An open-ended range is over when the source says so.
    if (missing !== 0 && !isOpenEnded(range)) throw lengthError(range, missing)
  } finally {
    // Stops the source's stream if it is not at its end. One that failed has reported that already.
    await reader.cancel().catch(() => undefined)
  }
}

/**
 * Bytes or a Blob as they are.
 *
 * @throws Error if they are not as long as the range.
 */
export function exactBytes<T extends Uint8Array | Blob>(range: ByteRange, bytes: T): T {
  const missing = byteLength(range) - (bytes instanceof Blob ? bytes.size : bytes.byteLength)
  if (missing !== 0 && !isOpenEnded(range)) throw lengthError(range, missing)
  return bytes
}

function lengthError({ firstPos, lastPos }: ByteRange, missing: number): Error {
  const found = missing > 0 ? `ended ${missing} bytes early` : 'went on past its end'
  return new Error(`The source of bytes ${firstPos}-${lastPos} ${found}`)
}
