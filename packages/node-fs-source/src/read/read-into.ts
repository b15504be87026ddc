import { read, readSync } from 'node:fs'
import type { AdaptiveRead, Reader } from './adaptive-read.ts'

/** What a read needs of an open file. */
export interface ReadableFile {
  /** Its descriptor. */
  readonly fd: number
  /** Decides which thread reads it next; one for each open file. */
  readonly adaptiveRead: AdaptiveRead
}

/**
 * Fills the front of `target` from a position of a file. The calling thread reads where that is known to be fast, the
 * thread pool otherwise.
 *
 * @param position of the first byte, from 0.
 * @returns how many bytes were read: 0 at the end of the file.
 * @throws Error where the descriptor fails, or the reader was closed before the bytes were read.
 */
export function readInto(
  { fd, adaptiveRead }: ReadableFile,
  target: Uint8Array,
  position: number,
  reader?: Reader,
): number | Promise<number> {
  const started = performance.now()
  if (reader?.closed || !adaptiveRead.mayBlock(started)) {
    return adaptiveRead.readOnPool(() => poolRead(fd, target, position), reader)
  }
  try {
    return readSync(fd, target, 0, target.byteLength, position)
  } finally {
    adaptiveRead.recordBlocking(started)
  }
}

/** As {@link readInto}, but always on the thread pool. */
export function poolRead(fd: number, target: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, target, 0, target.byteLength, position, (error, bytesRead) => {
      if (error) reject(error)
      else resolve(bytesRead)
    })
  })
}
