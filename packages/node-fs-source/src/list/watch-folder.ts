import { watch } from 'node:fs'
import { findFolder } from './list-folder.ts'

/**
 * Watches the entries of a folder, not those of its sub-folders.
 *
 * @param root the real path of the folder.
 * @param path a key, or `''` for the root.
 * @param onChange called for each event, several times for one change.
 * @returns ends the watch; `undefined` where the folder cannot be watched: it does not exist, its file system has no
 * events, or the system allows no further watch.
 */
export async function watchFolder(
  root: string,
  path: string,
  onChange: () => void,
): Promise<(() => void) | undefined> {
  const folder = await findFolder(root, path).catch(() => undefined)
  if (folder === undefined) return undefined
  try {
    const watcher = watch(folder.real, { persistent: false }, onChange)
    // A folder that was removed ends the watch with an error on some systems. That is a change too.
    watcher.on('error', () => onChange())
    return () => watcher.close()
  } catch {
    return undefined
  }
}
