import type { Representation } from '@rangekit/range-core'
import { gather } from './gather.ts'
import { OpenedFile } from './opened-file.ts'
import { type RemoteInfo, remoteInfo } from './remote-info.ts'
import { type RemoteReadOptions, type RemoteSlice, remoteSlice } from './remote-slice.ts'
import { sliceBounds } from './slice-bounds.ts'

/** Options of {@link RemoteFile.ranges}. */
export interface RemoteRangesOptions extends RemoteReadOptions {
  /** Ranges with at most this many bytes between them are read with one request. Default: 65536. */
  readonly maxGap?: number | undefined
}

/** Positions as in {@link RemoteSlice.slice}. */
export interface RemoteRange {
  /** The first byte; a negative number counts from the end. Default: 0. */
  readonly start?: number | undefined
  /** The byte behind the last one; a negative number counts from the end. Default: the length of the file. */
  readonly end?: number | undefined
}

/**
 * One version of a file on a server, read like a `Blob`. If the server has another version by now, reads reject with an
 * `OriginError` whose fault is `changed`; bytes of two versions are never mixed.
 */
export interface RemoteFile extends RemoteSlice, RemoteInfo, AsyncDisposable {
  /**
   * Reads several ranges with as few requests as sensible: neighbours together, at most six requests at a time. If one
   * fails, the others end and all of it rejects.
   *
   * @param ranges in any order; they may overlap.
   * @returns the bytes of each, in the order of `ranges`, each in a buffer of its own.
   */
  ranges(ranges: readonly RemoteRange[], options?: RemoteRangesOptions): Promise<Uint8Array<ArrayBuffer>[]>
  /** Ends the reads under way. The file and its slices cannot be read any more. */
  close(): Promise<void>
}

const MAX_GAP = 64 * 1024

/**
 * A file that reads an open representation.
 *
 * @param size its complete length.
 */
export function remoteFile(url: string, representation: Representation, size: number): RemoteFile {
  const info = remoteInfo(url, representation)
  const file = new OpenedFile(representation)
  return {
    ...remoteSlice(file, { start: 0, end: size }, info.type),
    ...info,
    ranges(ranges, { maxGap = MAX_GAP, signal } = {}) {
      const bounds = ranges.map(({ start, end }) => sliceBounds(size, start, end))
      return gather(file, bounds, maxGap, signal)
    },
    close: () => file.close(),
    [Symbol.asyncDispose]: () => file.close(),
  }
}
