import { makeFolder, type TestFolder } from '@rangekit/test-kit/folder'
import { onTestFinished } from 'vitest'
import { type DiskBlocks, type DiskBlocksOptions, diskBlocks } from '../../src/disk.ts'

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
