import { createHash } from 'node:crypto'
import { mkdtempSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes that show their own position: each four say how many fours came before. */
export function positionBytes(length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let index = 0; index < words.length; index++) words[index] = index
  return new Uint8Array(words.buffer, 0, length)
}

export const LARGE = 5 * 1024 ** 3

/** A folder with a file to judge by, one of 64 MiB and a sparse one of 5 GiB; all long unchanged. */
export function makeFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'rangekit-runtimes-'))
  const old = new Date('2024-05-06T07:08:09.123Z')
  writeFileSync(join(dir, 'judged.bin'), positionBytes(100_000))
  writeFileSync(join(dir, 'medium.bin'), positionBytes(64 * 1024 * 1024))
  writeFileSync(join(dir, 'large.bin'), '')
  truncateSync(join(dir, 'large.bin'), LARGE)
  for (const name of ['judged.bin', 'medium.bin', 'large.bin']) utimesSync(join(dir, name), old, old)
  return dir
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
