import { mediaType } from '@rangekit/media-type'
import type { FolderEntry } from '@rangekit/node-fs-source'
import { kindOf } from './kind.ts'
import { keyIn } from './paths.ts'
import type { EntryKind } from './protocol.ts'
import { parseName } from './title.ts'

/** A file or sub-folder of the library, without what depends on the request. */
export interface Item {
  readonly kind: EntryKind
  readonly key: string
  readonly name: string
  readonly title: string
  readonly taskId?: string
  readonly contentType?: string
  readonly size: number
  /** Whole milliseconds since the epoch. */
  readonly modified: number
}

/**
 * The item of an entry.
 *
 * @param path of its folder: a key, or `''` for the root.
 */
export function itemOf(path: string, { kind, name, size, modified: exact }: FolderEntry): Item {
  const key = keyIn(path, name)
  const modified = Math.floor(exact)
  if (kind === 'folder') return { kind, key, name, title: name, size, modified }
  const contentType = mediaType(key)
  return { kind: kindOf(contentType), key, name, ...parseName(name), contentType, size, modified }
}
