import { join } from 'node:path'
import { closeFile, readInto } from '@rangekit/node-fs-source/read'
import { MemoryBlock } from '../memory-block.ts'
import { openBlock } from './block-file.ts'

/**
 * Reads a block from the first of some folders that has it whole. They belong to other processes, which may remove the
 * file at any time, so its bytes are copied.
 */
export async function readOthers(
  folders: readonly string[],
  path: string,
  length: number,
): Promise<MemoryBlock | undefined> {
  for (const folder of folders) {
    const bytes = await readBlock(folder, path, length).catch(() => undefined)
    if (bytes !== undefined) return new MemoryBlock(bytes)
  }
  return undefined
}

async function readBlock(
  folder: string,
  path: string,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = await openBlock(join(folder, path), path, length, false)
  if (file === undefined) return undefined
  try {
    const bytes = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const count = await readInto(file, bytes.subarray(filled), filled)
      if (count === 0) return undefined
      filled += count
    }
    return bytes
  } finally {
    await closeFile(file)
  }
}
