import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { onTestFinished } from 'vitest'
import { type DiskBlocks, type DiskBlocksOptions, diskBlocks } from '../../src/disk.ts'

/** Bytes behind each block in its file. */
export const TRAILER = 4

/** A folder that is removed when the test is done. */
export function testFolder(): TestFolder {
  const folder = makeFolder()
  onTestFinished(() => folder.remove())
  return folder
}

/** Blocks in a folder. A fault fails the test, unless it looks at faults itself. */
export async function openBlocks(options: DiskBlocksOptions): Promise<DiskBlocks> {
  const store = await diskBlocks({
    onFault(error) {
      throw error
    },
    ...options,
  })
  onTestFinished(() => store.close())
  return store
}

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
