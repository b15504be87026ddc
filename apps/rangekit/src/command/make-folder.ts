import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder and those it is in, where they are missing. Node's own `recursive` never returns below `/proc`, where
 * the system says of a folder that cannot be made that its parent is missing.
 *
 * @param mode of the folders that are made. Default: what the umask leaves.
 * @throws the error of the system for the first one that cannot be made.
 */
export function makeFolder(path: string, mode?: number): void {
  if (isFolder(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent, mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(path)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
