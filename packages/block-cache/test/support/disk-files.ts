import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes behind each block in its file. */
export const TRAILER = 4

/** A file in a folder of blocks. */
export interface FoundFile {
  readonly path: string
  readonly length: number
}

/** The files of blocks, whole or not, in all shares of a folder. */
export function filesIn(dir: string): FoundFile[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  return names
    .map((name) => join(dir, name))
    .filter((path) => /\/[0-9a-f]{64}-|\/incoming-/.test(path))
    .map((path) => ({ path, length: statSync(path).size }))
}

/** Bytes of all these files. */
export function bytesIn(dir: string): number {
  return filesIn(dir).reduce((sum, { length }) => sum + length, 0)
}
