import { mediaType } from '@rangekit/media-type'
import type { FolderEntry } from '@rangekit/node-fs-source'
import type { RepresentationInfo } from '@rangekit/range-core'
import { kindOf } from './kind.ts'
import { keyIn, splitKey } from './paths.ts'
import type { Growing, LibraryEntry } from './protocol.ts'
import { parseName } from './title.ts'

/** A file or sub-folder of the library, without what depends on the request. */
export type Item = Omit<LibraryEntry, 'stream' | 'page' | 'media'>

/**
 * The item of an entry.
 *
 * @param path of its folder: a key, or `''` for the root.
 */
export function itemOf(path: string, { kind, name, size, modified: exact, growing }: FolderEntry): Item {
  const key = keyIn(path, name)
  const modified = Math.floor(exact)
  if (kind === 'folder') return { kind, key, name, title: name, size, modified }
  const contentType = mediaType(key)
  return {
    kind: kindOf(contentType),
    key,
    name,
    ...parseName(name),
    contentType,
    size,
    modified,
    ...(growing && { growing }),
  }
}

/** How much of a file is there, as its source says; `undefined` if all of it is. */
export function growingOf(file: RepresentationInfo): Growing | undefined {
  const { isComplete, frontier = 0, completeLength } = file
  if (isComplete !== false) return undefined
  return { frontier, ...(completeLength !== undefined && { completeLength }) }
}

/** The item of a file that no list has: its type is what its source says. */
export function unlistedItem(key: string, file: RepresentationInfo): Item {
  const { folder, name } = splitKey(key)
  const { completeLength, frontier = 0, lastModified, contentType = mediaType(key) } = file
  const size = completeLength ?? frontier
  const modified = lastModified?.getTime() ?? Number.NaN
  const growing = growingOf(file)
  const item = itemOf(folder, { kind: 'file', name, size, modified, ...(growing && { growing }) })
  return { ...item, kind: kindOf(contentType), contentType }
}
