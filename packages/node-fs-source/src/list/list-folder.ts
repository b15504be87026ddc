import { access, constants, lstat, readdir, type Stats, stat } from 'node:fs'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { isFileKey } from '../file-key.ts'
import { TICK_MS } from '../open/file-validators.ts'
import { isVisibleBelow, realPath, undefinedIfAbsent } from '../open/open-file.ts'
import { lookAt } from './look-at.ts'

const readNames = promisify(readdir)
const lstatPath = promisify(lstat)
const statPath = promisify(stat)
const accessPath = promisify(access)

/** A file that can be served, or a sub-folder. */
export interface FolderEntry {
  /** What it is, after links are followed. */
  readonly kind: 'file' | 'folder'
  /** The last segment of its key. */
  readonly name: string
  /** Bytes; 0 for a folder. Of a file that is still being written, those that it will have, if that is known. */
  readonly size: number
  /** Milliseconds since the epoch, with a fraction where the file system keeps one. */
  readonly modified: number
  /** How much is there of a file that is still being written; absent if all of it is. */
  readonly growing?: GrowingEntry
}

/** How much of a file is there. */
export interface GrowingEntry {
  /** Bytes that are there, from the first one on. */
  readonly frontier: number
  /** Bytes that it will have; absent if that is unknown. */
  readonly completeLength?: number
}

/** A folder at one moment. */
export interface FolderListing {
  /** In no particular order. */
  readonly entries: readonly FolderEntry[]
  /** What `stamp` returned just before the folder was read. */
  readonly stamp: string
  /** The same for all paths that lead to this folder: links can make circles. */
  readonly identity: string
}

/** On some file systems times are whole or even seconds. */
const COARSE_MS = 2000 + TICK_MS

const FILE_ACCESS = { bits: 0o444, mode: constants.R_OK }
const FOLDER_ACCESS = { bits: 0o555, mode: constants.R_OK | constants.X_OK }

/**
 * Lists the files below `root` that `fileSource` would serve, and the sub-folders that lead to such keys: no dotfiles,
 * no special files, nothing that cannot be read, links only where they stay inside the root. Names that are not valid
 * UTF-8 are left out, since no key can name them. Empty sub-folders are listed.
 *
 * @param root the real path of the folder.
 * @param path a key, or `''` for the root.
 * @returns `undefined` where there is no such folder, or none that may be shown.
 */
export async function listFolder(root: string, path: string): Promise<FolderListing | undefined> {
  return undefinedIfAbsent(async () => {
    const folder = await findFolder(root, path)
    if (folder === undefined) return undefined
    const { real, stats } = folder
    const names = await readNames(real)
    // A name that is not UTF-8 reads as one with replacement characters, which may exist as well.
    const remaining = new Set(names).values()
    const entries = await lookAt(remaining, async (name) =>
      isFileKey(name) ? look(root, real, name) : undefined,
    )
    return { entries, stamp: stampOf(stats), identity: `${stats.dev}-${stats.ino}` }
  })
}

/** A text that changes when entries come, go or are renamed. */
export async function folderStamp(root: string, path: string): Promise<string | undefined> {
  return undefinedIfAbsent(async () => {
    const folder = await findFolder(root, path)
    return folder && stampOf(folder.stats)
  })
}

/** A folder that may be shown: its real path and what is known of it. */
export async function findFolder(
  root: string,
  path: string,
): Promise<{ readonly real: string; readonly stats: Stats } | undefined> {
  if (path !== '' && !isFileKey(path)) return undefined
  const real = await realPath(join(root, path))
  if (real !== root && !isVisibleBelow(root, real)) return undefined
  const stats = await statPath(real)
  return stats.isDirectory() ? { real, stats } : undefined
}

/** The time of the last change. Unique while the next change could get the same time. */
function stampOf({ mtimeMs }: Stats): string {
  const isCoarse = mtimeMs % 1000 === 0
  const isSettled = Math.abs(Date.now() - mtimeMs) > (isCoarse ? COARSE_MS : TICK_MS)
  return isSettled ? String(mtimeMs) : `${mtimeMs}-${crypto.randomUUID()}`
}

/** What a name in a folder is; `undefined` if it is nothing that can be served, or is gone. */
function look(root: string, folder: string, name: string): Promise<FolderEntry | undefined> {
  const path = folder.endsWith(sep) ? folder + name : folder + sep + name
  return undefinedIfAbsent(async () => {
    let stats = await lstatPath(path)
    if (stats.isSymbolicLink()) {
      const real = await realPath(path)
      if (real !== root && !isVisibleBelow(root, real)) return undefined
      stats = await statPath(real)
    }
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : undefined
    if (kind === undefined) return undefined
    const { bits, mode } = kind === 'file' ? FILE_ACCESS : FOLDER_ACCESS
    // A call less for nearly all entries: those that all users may read.
    if ((stats.mode & bits) !== bits) await accessPath(path, mode)
    return { kind, name, size: kind === 'file' ? stats.size : 0, modified: stats.mtimeMs }
  })
}
