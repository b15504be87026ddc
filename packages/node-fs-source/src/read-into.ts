import { read, readSync } from 'node:fs'
import type { Reader } from './adaptive-read.ts'
import type { OpenFile } from './open-file.ts'

/**
 * Fills the front of `target` from a position of a file. The calling thread reads where that is known to be quick, else
 * the thread pool does.
 *
 * @returns how many bytes were read: none at the end of the file.
 * @throws Error where the descriptor fails, or the reader was closed before the bytes were read.
 */
export function readInto(
  { fd, pace }: Pick<OpenFile, 'fd' | 'pace'>,
  target: Uint8Array,
  position: number,
  reader?: Reader,
): number | Promise<number> {
  const started = performance.now()
  if (reader?.closed || !pace.mayBlock(started)) {
    return pace.read(() => readElsewhere(fd, target, position), reader)
  }
  try {
    return readSync(fd, target, 0, target.byteLength, position)
  } finally {
    pace.blocked(started)
  }
}

/** The same on the thread pool, however long it takes. */
export function readElsewhere(fd: number, target: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, target, 0, target.byteLength, position, (error, bytesRead) => {
      if (error) reject(error)
      else resolve(bytesRead)
    })
  })
}
