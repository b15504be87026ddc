import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileLength, isFanOut, lengthInName } from './block-file.ts'

const ASIDE = /^incoming-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A name for a file that is being written. */
export function asideName(): string {
  return `incoming-${crypto.randomUUID()}`
}

/** A block that was found on disk. */
export interface FoundBlock {
  /** Its path below the folder of all blocks. */
  readonly path: string
  readonly length: number
  /** When it was last used, in milliseconds since the epoch. */
  readonly usedAt: number
}

/**
 * Finds the blocks in a folder that no other process uses, the one used longest ago first. Creates the folder if there
 * is none, and removes what a process that died was writing, and blocks of the wrong length. Other files are left alone.
 */
export async function scanBlocks(folder: string): Promise<FoundBlock[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const names = await readdir(folder)
  const rests = names.filter((name) => ASIDE.test(name))
  await Promise.all(rests.map((name) => rm(join(folder, name), { force: true })))
  const found: FoundBlock[] = []
  for (const fanOut of names.filter(isFanOut)) found.push(...(await scanFanOut(folder, fanOut)))
  return found.sort((a, b) => a.usedAt - b.usedAt)
}

async function scanFanOut(folder: string, fanOut: string): Promise<FoundBlock[]> {
  const found = await Promise.all(
    (await readdir(join(folder, fanOut))).map(async (name) => {
      const length = lengthInName(name)
      if (length === undefined) return []
      const path = `${fanOut}/${name}`
      const { size, mtimeMs } = await stat(join(folder, path))
      if (size === fileLength(length)) return [{ path, length, usedAt: mtimeMs }]
      await rm(join(folder, path), { force: true })
      return []
    }),
  )
  return found.flat()
}
