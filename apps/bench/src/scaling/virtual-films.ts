import type { RangeSource } from '@rangekit/range-core'
import type { Film } from './viewer.ts'

/** A source of films that do not exist, which counts what is read of it. */
export interface VirtualFilms {
  readonly source: RangeSource
  readonly counts: { requests: number; bytes: number }
}

/** Films of zeros. They share one piece of memory, so that reading costs next to nothing. */
export function virtualFilms(films: readonly Film[]): VirtualFilms {
  const lengths = new Map(films.map(({ key, length }) => [key, length]))
  const counts = { requests: 0, bytes: 0 }
  let zeros = new Uint8Array(1024)
  const read = (length: number) => {
    counts.requests++
    counts.bytes += length
    if (zeros.byteLength < length) zeros = new Uint8Array(length)
    return zeros.subarray(0, length)
  }
  const open = (key: string) => {
    const completeLength = lengths.get(key)
    if (completeLength === undefined) return undefined
    return {
      completeLength,
      etag: { opaque: key, weak: false },
      read: ({ firstPos, lastPos }: { firstPos: number; lastPos: number }) => read(lastPos - firstPos + 1),
      close() {},
    }
  }
  return { source: { open }, counts }
}
