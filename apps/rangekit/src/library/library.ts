import type { Folder } from './folder.ts'
import { FolderCache } from './folder-cache.ts'
import type { FolderListener } from './folder-listeners.ts'
import type { FolderReader } from './listing.ts'
import { isLinkable } from './paths.ts'
import type { Sort } from './protocol.ts'
import { type Found, Search, type SearchLimits } from './search.ts'

/** A folder and its sub-folders as data, kept up to date. */
export interface Library {
  /**
   * A folder as it is now.
   *
   * @param path a key, or `''` for the root. Any other text is no folder.
   * @throws SourceBusyError where descriptors have run out; other faults unchanged.
   */
  folder(path: string): Promise<Folder | undefined>
  /** What is in a folder and its sub-folders with each word of `q` in its name. */
  search(folder: Folder, q: string, sort: Sort, signal?: AbortSignal): Promise<Found>
  /**
   * Calls `listener` with the version of a folder: soon, and then whenever it has another one; `''` while there is no
   * such folder. A change may take some seconds to be noticed on file systems without events.
   *
   * @returns ends it.
   */
  watchFolder(path: string, listener: FolderListener): () => void
}

/**
 * Makes a library of what a reader reads.
 *
 * @param limits of searches. Default: those for a folder on disk.
 */
export function createLibrary(reader: FolderReader, limits?: SearchLimits): Library {
  const folders = new FolderCache(reader)
  const search = new Search(folders, limits)
  const isPath = (path: string) => path === '' || isLinkable(path)
  return {
    folder: async (path) => (isPath(path) ? folders.read(path) : undefined),
    search: (folder, q, sort, signal) => search.find(folder, q, sort, signal),
    watchFolder: (path, listener) => (isPath(path) ? folders.listen(path, listener) : () => {}),
  }
}
