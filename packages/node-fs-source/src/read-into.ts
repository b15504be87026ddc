import { read, readSync } from 'node:fs'

/** A read that took longer than this, in milliseconds, had to wait for a disk, a network or a busy machine. */
const SLOW = 2
/** For how long after such a read, in milliseconds, all reads leave the thread free: twice as long each time... */
const WARY_AT_FIRST = 10
/** ...up to this, and until one is quick again. */
const WARY_AT_MOST = 1000

let wary = 0
let waryUntil = 0

/**
 * Fills the front of `target` from a position of a file; tells how many bytes there were, none at its end.
 *
 * What is read by range is mostly in the kernel's memory, where a read takes a microsecond and handing it to another
 * thread takes twenty. So the thread reads by itself as long as that goes fast; once it did not, others do it for a
 * while.
 */
export function readInto(fd: number, target: Uint8Array, position: number): number | Promise<number> {
  const started = performance.now()
  if (started < waryUntil) return readElsewhere(fd, target, position)
  const bytesRead = readSync(fd, target, 0, target.byteLength, position)
  const ended = performance.now()
  wary = ended - started > SLOW ? Math.min(Math.max(WARY_AT_FIRST, wary * 2), WARY_AT_MOST) : 0
  waryUntil = ended + wary
  return bytesRead
}

/** The same on another thread, however long it takes. */
export function readElsewhere(fd: number, target: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, target, 0, target.byteLength, position, (error, bytesRead) => {
      if (error) reject(error)
      else resolve(bytesRead)
    })
  })
}
