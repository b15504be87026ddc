import { realpathSync, statSync } from 'node:fs'
import { type GrowingOptions, type GrowthReader, growingOptions } from '../growing/growing-options.ts'
import { growingEntries } from './growing-entries.ts'
import { type FolderListing, folderStamp, listFolder } from './list-folder.ts'
import { watchFolder } from './watch-folder.ts'

/** Options of {@link folderReader}. */
export interface FolderReaderOptions {
  /**
   * What the option of `fileSource` with this name is: `NAME.part` is then listed as `NAME`, with how much of it is there,
   * and files in which downloaders keep their state are not listed. Default: false.
   */
  readonly growing?: boolean | GrowthReader | GrowingOptions
}

/** What can be served from a folder, and when that changes. */
export interface FolderReader {
  /**
   * Lists a folder.
   *
   * @param path a key, or `''` for the root.
   * @returns `undefined` where there is no such folder, or none that may be shown.
   * @throws SourceBusyError where descriptors have run out; other faults unchanged.
   */
  read(path: string): Promise<FolderListing | undefined>
  /**
   * A cheap text that changes when entries come, go or are renamed; not when a file in the folder grows.
   *
   * @returns `undefined` where `read` returns `undefined`.
   */
  stamp(path: string): Promise<string | undefined>
  /**
   * Calls `onChange` whenever something in the folder itself changes, files that grow included. Events may be missing:
   * on file systems without them, for the targets of links, and for what changes inside sub-folders.
   *
   * @returns ends the watch; `undefined` where the folder cannot be watched.
   */
  watch(path: string, onChange: () => void): Promise<(() => void) | undefined>
}

/**
 * Lists a folder and its sub-folders by the rules by which `fileSource` serves them, on Node, Bun and Deno.
 *
 * @param root the folder.
 * @throws Error, at once, where `root` does not exist or cannot be accessed; TypeError where it is not a folder.
 * @example
 * const listing = await folderReader('./media').read('films')
 * listing?.entries // [{ kind: 'file', name: 'film.mp4', size: 52428800, modified: 1715000000000 }]
 */
export function folderReader(root: string, options: FolderReaderOptions = {}): FolderReader {
  const realRoot = realpathSync(root)
  if (!statSync(realRoot).isDirectory()) throw new TypeError(`Not a folder: ${root}`)
  const growing = growingOptions(options.growing)
  return {
    async read(path) {
      const listing = await listFolder(realRoot, path)
      if (listing === undefined || growing === undefined) return listing
      return { ...listing, entries: await growingEntries(realRoot, path, listing.entries, growing) }
    },
    stamp: (path) => folderStamp(realRoot, path),
    watch: (path, onChange) => watchFolder(realRoot, path, onChange),
  }
}
