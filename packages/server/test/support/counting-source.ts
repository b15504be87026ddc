import type { RangeSource, Representation } from '@rangekit/range-core'
import { positionBytes } from '@rangekit/test-kit/bytes'

/** The bytes of every representation here; of the long ones, the first. */
export const BYTES = positionBytes(300_000)
/** More than kernels buffer for a client that does not read. */
const LONG = 64 * 1024 * 1024
/** Where `broken.mp4` ends, although it says that it is long. */
const BROKEN_AT = 8 * 1024 * 1024

/**
 * A source that a server reads into its own buffers: `film.mp4` and `a/My film.mp4`, `long.mp4`, `broken.mp4`, and
 * `text.txt`, which middleware would like to compress.
 */
export function countingSource(): { source: RangeSource; open: () => number } {
  let count = 0
  const representation = (key: string): Representation => {
    const isText = key === 'text.txt'
    const isLong = key === 'long.mp4' || key === 'broken.mp4'
    const end = key === 'broken.mp4' ? BROKEN_AT : Number.POSITIVE_INFINITY
    count++
    const fill = (target: Uint8Array, position: number): number => {
      if (position >= end) throw new Error('The disk is broken')
      for (let index = 0; index < target.byteLength; index++) {
        target[index] = isText ? 97 : (BYTES[(position + index) % BYTES.byteLength] ?? 0)
      }
      return target.byteLength
    }
    return {
      completeLength: isLong ? LONG : BYTES.byteLength,
      contentType: isText ? 'text/plain; charset=utf-8' : 'video/mp4',
      etag: { opaque: 'v1', weak: false },
      read({ firstPos, lastPos }) {
        const bytes = new Uint8Array(lastPos - firstPos + 1)
        fill(bytes, firstPos)
        return bytes
      },
      readInto: fill,
      close() {
        count--
      },
    }
  }
  const keys = ['film.mp4', 'a/My film.mp4', 'long.mp4', 'broken.mp4', 'text.txt']
  return {
    source: { open: (key) => (keys.includes(key) ? representation(key) : undefined) },
    open: () => count,
  }
}
